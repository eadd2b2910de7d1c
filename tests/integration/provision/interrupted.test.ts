import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { identify, isAlive, run } from '../../../src/base/system/index.ts';
import { program } from '../build.ts';
import { anklume, clearAway, incusCli, uniqueName } from '../support.ts';
import { ensureParts, fileIn, inside, projectOf, write } from './world.ts';

const domain = uniqueName('i');
const machine = `${domain}-1`;
let folder = '';

beforeAll(async () => {
  await ensureParts();
  folder = await projectOf({
    'infra.yml': `project_name: ${domain}
global: { base_subnet: "10.75", default_os_image: "images:debian/13" }
domains:
  ${domain}:
    subnet_id: 1
    ephemeral: true
    machines:
      ${machine}: { ip: 10.75.1.1, roles: [slow] }
`,
    'roles_custom/slow/tasks/main.yml': `---
- name: Bring the package
  ansible.builtin.copy: { src: slow.deb, dest: /root/slow.deb, mode: "0644" }
- name: Install it
  ansible.builtin.command:
    cmd: dpkg -i /root/slow.deb
    creates: /etc/hurry
`,
    'roles_custom/slow/files/README': 'The package is built by the test.\n',
  });
  await buildPackage(join(folder, 'roles_custom/slow/files/slow.deb'));
}, 600_000);
afterAll(async () => {
  await clearAway(folder, [domain]);
});

// Matrix: PV-303
it('P03-05: killed in the middle of an installation, and the machine too: the next run repairs and goes on', async () => {
  const child = spawn(process.execPath, [program, 'up', '--yes'], {
    cwd: folder,
    stdio: 'ignore',
    env: { ...process.env, ANKLUME_HOME: inject('home'), INCUS_SOCKET: inject('socket') },
  });
  // Incus 6.0.4 never ends the creation of a machine whose files are asked for meanwhile.
  const boots = async () => (await stateOf(domain, machine)) === 'RUNNING';
  while (!(await boots()) && child.exitCode === null) await pause(500);
  const started = () => fileIn(domain, machine, '/run/slow-started');
  while ((await started()) === undefined && child.exitCode === null) await pause(500);
  const ansible = await ansibleOf(child);
  child.kill('SIGKILL');
  while (ansible && (await isAlive(ansible))) await pause(100);
  await incusCli('stop', '--force', '--project', domain, machine);
  await incusCli('start', '--project', domain, machine);
  const status = () => inside(domain, machine, 'dpkg', '--status', 'slow');
  expect(await status()).toContain('Status: install ok half-configured');
  await inside(domain, machine, 'touch', '/etc/hurry');
  const again = await anklume(['apply'], { cwd: folder });
  expect(again.stderr).toContain(`Provision ${machine}`);
  expect(again.code).toBe(0);
  expect(await status()).toContain('Status: install ok installed');
  expect(await inside(domain, machine, 'dpkg', '--audit')).toBe('');
}, 600_000);

/** As the client tells it; empty before its project is there. */
async function stateOf(project: string, name: string): Promise<string> {
  const args = ['--project', project, '--format', 'csv', '--columns', 's', name];
  return (await incusCli('list', ...args).catch(() => '')).trim();
}

/** The Ansible that a running anklume has started. */
async function ansibleOf({ pid }: ChildProcess) {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  expect(children.trim()).not.toBe('');
  return identify(Number(children.trim().split(' ')[0]));
}

/** A package whose installation takes ten minutes, unless /etc/hurry is there. */
async function buildPackage(target: string): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'anklume-package-'));
  try {
    await write(root, {
      'DEBIAN/control':
        'Package: slow\nVersion: 1\nArchitecture: all\nMaintainer: tests <tests@localhost>\nDescription: takes its time\n',
      'DEBIAN/postinst': '#!/bin/sh\ntouch /run/slow-started\n[ -e /etc/hurry ] || sleep 600\n',
    });
    await chmod(root, 0o755);
    await chmod(join(root, 'DEBIAN/postinst'), 0o755);
    await run(['dpkg-deb', '--root-owner-group', '--build', root, target]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
