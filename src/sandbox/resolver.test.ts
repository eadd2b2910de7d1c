import { expect, it } from 'vitest';
import { withoutLoopback } from './resolver.ts';

it('keeps name servers that other namespaces can reach, and the search list', () => {
  const text = `# comment
nameserver 127.0.0.53
nameserver   192.0.2.53
nameserver ::1
nameserver 2001:db8::1
options edns0
search example.org
`;
  expect(withoutLoopback(text)).toBe(
    'nameserver 192.0.2.53\nnameserver 2001:db8::1\nsearch example.org\n',
  );
});
