import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findImageServer, findRemote } from './find.ts';

const folder = mkdtempSync(join(tmpdir(), 'remotes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const system = join(folder, 'system');
const own = join(folder, 'own');
mkdirSync(system);
mkdirSync(own);
writeFileSync(
  join(own, 'config.yml'),
  `default-remote: lab
remotes:
  lab: {addr: 'https://lab.example:8443', protocol: incus, auth_type: tls, project: x}
  six: {addr: 'https://[fd00::1]:8443'}
  here: {addr: 'unix:///run/x/unix.socket'}
  images: {addr: 'https://images.example', protocol: simplestreams, public: true}
  web: {addr: 'https://lab.example:8443', auth_type: oidc}
  odd: {addr: 'gopher://lab.example'}
  none: {}
`,
);
writeFileSync(join(system, 'config.yml'), `remotes: {shared: {addr: 'https://s.example'}}\n`);

const find = (name: string, env: NodeJS.ProcessEnv = {}) =>
  findRemote(name, own, { INCUS_GLOBAL_CONF: system, ...env });

describe('findRemote', () => {
  it("reads the client's own remotes, then the machine's", async () => {
    expect(await find('lab')).toMatchObject({ url: new URL('https://lab.example:8443') });
    expect(await find('shared')).toMatchObject({ url: new URL('https://s.example') });
    expect(await find('here')).toEqual({ socket: '/run/x/unix.socket' });
  });

  it('finds the folder by INCUS_CONF', async () => {
    const env = { INCUS_CONF: own, INCUS_GLOBAL_CONF: system };
    expect(await findRemote('six', undefined, env)).toMatchObject({ clientDir: own });
  });

  it.each([
    ['nobody', 'incus-remote-unknown'],
    ['constructor', 'incus-remote-unknown'],
    ['images', 'incus-remote-unusable'],
    ['web', 'incus-remote-unusable'],
    ['odd', 'incus-remote-unusable'],
    ['none', 'incus-remote-unusable'],
  ])('%s is refused as %s, with exit 4', async (name, code) => {
    await expect(find(name)).rejects.toMatchObject({ code, exit: 4 });
  });

  it('finds servers of images, and nothing else for one', async () => {
    const env = { INCUS_CONF: own, INCUS_GLOBAL_CONF: system };
    expect(await findImageServer('images', env)).toEqual({ url: 'https://images.example' });
    for (const name of ['lab', 'nobody', 'constructor', 'none', 'odd'])
      expect(await findImageServer(name, env)).toBeUndefined();
  });

  it('a configuration that is no YAML is named', async () => {
    const bad = join(folder, 'bad');
    mkdirSync(bad);
    writeFileSync(join(bad, 'config.yml'), 'remotes: [');
    await expect(findRemote('lab', bad, {})).rejects.toMatchObject({
      code: 'incus-config-unreadable',
      message: expect.stringContaining(bad),
    });
  });
});
