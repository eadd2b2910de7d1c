import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { forwardInside, makeCertificate } from '../incus/inside.ts';
import { anklume, clearAway, incusCli, uniqueName } from '../support.ts';
import { ensureParts, fileIn, projectOf, roleThatWrites } from './world.ts';

/** Only inside the sandbox's own network namespace, so that it is free. */
const PORT = 18444;

const domain = uniqueName('r');
const machine = `${domain}-1`;
let forward: Awaited<ReturnType<typeof forwardInside>>;
let folder = '';
let configDir = '';

beforeAll(async () => {
  await ensureParts();
  await incusCli('config', 'set', 'core.https_address', `127.0.0.1:${PORT}`);
  forward = await forwardInside(PORT);
  configDir = await mkdtemp(join(tmpdir(), 'remote-'));
  await mkdir(join(configDir, 'servercerts'));
  await cp(join(inject('incusDir'), 'server.crt'), join(configDir, 'servercerts/lab.crt'));
  const { certificate } = await makeCertificate(configDir, 'client', 'clientAuth');
  await incusCli('config', 'trust', 'add-certificate', certificate, '--name', domain);
  const remotes = `remotes: {lab: {addr: 'https://127.0.0.1:${forward.port}', protocol: incus}}\n`;
  await writeFile(join(configDir, 'config.yml'), remotes);
  folder = await projectOf({
    'infra.yml': `project_name: ${domain}
global: { base_subnet: "10.76", default_os_image: "images:debian/13" }
domains:
  ${domain}:
    subnet_id: 1
    ephemeral: true
    machines:
      ${machine}: { ip: 10.76.1.1, roles: [greet] }
`,
    'roles_custom/greet/files/large': 'x'.repeat(3_000_000),
    'roles_custom/greet/tasks/main.yml': `${roleThatWrites('/etc/greeting', 'from afar')}
- name: Bring a file that does not fit into one frame
  ansible.builtin.copy: { src: large, dest: /root/large, mode: "0644" }
`,
  });
}, 600_000);
afterAll(async () => {
  await clearAway(folder, [domain]);
  await forward[Symbol.asyncDispose]();
  await incusCli('config', 'unset', 'core.https_address');
  await incusCli('config', 'trust', 'remove', domain).catch(() => '');
  await rm(configDir, { recursive: true, force: true });
});

/** Nothing here can take the way over the socket. */
const away = () => ({ INCUS_SOCKET: '/nowhere/unix.socket', INCUS_CONF: configDir });

// Matrix: PV-201
it('P03-04: machines of a daemon elsewhere get their roles over HTTPS, with the certificate of the incus client', async () => {
  const words = ['apply', '--sync', '--remote', 'lab', '--json', '--no-isolation'];
  const { code, stdout, stderr } = await anklume(words, { cwd: folder, env: away() });
  expect(code, stderr).toBe(0);
  const told: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(told).toMatchObject({
    provision: { done: true, failed: 0, machines: [{ machine, changed: 2 }] },
  });
  expect(await fileIn(domain, machine, '/etc/greeting')).toBe('from afar');
  expect(await fileIn(domain, machine, '/root/large')).toHaveLength(3_000_000);
});

it('P03-06: and by hand, with the remote named, nothing is left to change', async () => {
  const env = { ...away(), ANKLUME_INCUS_REMOTE: 'lab', LC_ALL: 'C.UTF-8' };
  const { stdout } = await run(['ansible-playbook', 'site.yml'], { cwd: folder, env });
  expect(stdout).toMatch(new RegExp(`${machine} +: ok=\\d+ +changed=0 +unreachable=0 +failed=0`));
});

// Matrix: PV-304
it('a certificate that is not the accepted one is refused before anything is sent', async () => {
  const other = await makeCertificate(configDir, 'other', 'serverAuth');
  await cp(other.certificate, join(configDir, 'servercerts/lab.crt'));
  const env = { ...away(), ANKLUME_INCUS_REMOTE: 'lab', LC_ALL: 'C.UTF-8' };
  const options = { cwd: folder, env, accept: [4] };
  const { code, stdout } = await run(['ansible-playbook', 'site.yml'], options);
  expect(code).toBe(4);
  expect(stdout).toMatch(/UNREACHABLE.*certificate/);
});
