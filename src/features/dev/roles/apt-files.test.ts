import { expect, it } from 'vitest';
import { aptFiles, codenameOf } from './apt-files.ts';

it('a machine of a test gets its packages where this machine gets them', () => {
  const mirrors = { main: 'http://m.example/debian', security: 'http://s.example/debian-security' };
  const { written } = aptFiles('trixie', mirrors, 'http://10.0.0.9:3142/');
  expect(written['/etc/apt/sources.list']).toBe(
    'deb http://m.example/debian trixie main\ndeb http://s.example/debian-security trixie-security main\n',
  );
  expect(written['/etc/apt/apt.conf.d/90role-test']).toContain(
    'Acquire::http::Proxy "http://10.0.0.9:3142/";',
  );
  expect(aptFiles('trixie', { main: mirrors.main }).written['/etc/apt/sources.list']).toBe(
    'deb http://m.example/debian trixie main\n',
  );
});

it('knows Debian by its os-release', () => {
  expect(codenameOf('ID=debian\nVERSION_CODENAME=trixie\n')).toBe('trixie');
  expect(codenameOf('ID=alpine\nVERSION_ID=3.20\n')).toBeUndefined();
  expect(codenameOf('ID=debian\nVERSION_CODENAME="$(rm)"\n')).toBeUndefined();
});
