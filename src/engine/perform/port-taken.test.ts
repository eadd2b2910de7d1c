import { expect, it } from 'vitest';
import { AnklumeError } from '../../base/messages/index.ts';
import { explained, listeners } from './port-taken.ts';

const SS = `udp UNCONN 0 0 10.77.2.254:53 0.0.0.0:* users:(("named",pid=812,fd=3))
udp UNCONN 0 0 10.131.1.254:53 0.0.0.0:* users:(("dnsmasq",pid=25909,fd=6))
tcp LISTEN 0 128 10.77.2.254:53 0.0.0.0:* users:(("named",pid=812,fd=4))
tcp LISTEN 0 128 0.0.0.0:53 0.0.0.0:* users:(("unbound",pid=7,fd=4),("unbound",pid=8,fd=4))
tcp LISTEN 0 128 127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=9,fd=4))
`;

const failure = (words: string) =>
  new AnklumeError({ code: 'incus-failed', message: { en: words, fr: words } });
const of = (error: unknown) => explained(error, 'net-a', undefined);

it('names who listens on the address, or on all of them', () => {
  expect(listeners(SS, '10.77.2.254')).toEqual([
    ...['named (pid 812)', 'unbound (pid 7)', 'unbound (pid 8)'],
  ]);
  expect(listeners(SS, '10.131.1.254')).toContain('dnsmasq (pid 25909)');
  expect(listeners('', '10.77.2.254')).toEqual([]);
  expect(listeners(SS, undefined)).toHaveLength(5);
});

it('a port that another program has is told, and nothing is to be deleted', async () => {
  const words =
    'The DNS and DHCP service exited prematurely: exit status 2 ("dnsmasq: failed to create listening socket for 10.77.2.254: Address already in use")';
  expect(await of(failure(words))).toMatchObject({
    code: 'gateway-port-taken',
    text: { en: expect.stringMatching(/has port 53 of 10.77.2.254\.$/) },
    remedy: { en: expect.stringContaining("'ss -lntup sport = :53'") },
  });
  const dhcp = 'dnsmasq: failed to bind DHCP server socket: Address already in use';
  expect(await of(failure(dhcp))).toMatchObject({
    code: 'gateway-port-taken',
    text: { en: expect.stringContaining('another program has port 67.') },
    remedy: { en: expect.not.stringMatching(/delete \w+/) },
  });
});

it('only remains of a killed daemon are to be cleared by hand', async () => {
  expect(await of(failure('Network interface "net-a" already exists'))).toMatchObject({
    code: 'incus-failed',
    remedy: { en: expect.stringContaining('ip link delete net-a') },
  });
  const other = failure('No space left on device');
  expect(await of(other)).toBe(other);
  expect(await of('no error')).toBe('no error');
});
