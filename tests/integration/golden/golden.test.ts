import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { program } from '../build.ts';
import {
  ensureParts,
  fileIn,
  inside,
  type Provisioned,
  projectOf,
  write,
} from '../provision/world.ts';
import { anklume, clearAway, incusCli, incusQuery, type Outcome, uniqueName } from '../support.ts';

const tag = uniqueName('k');
const [one, two] = [`${tag}a`, `${tag}b`];
const BASE = '10.77';

interface Golden {
  readonly models: readonly string[];
  readonly copies: readonly string[];
}
interface Result {
  readonly provision: Provisioned;
  readonly golden?: Golden;
}

/** Two domains of machines that have the same roles. `more` are further lines of the second. */
const world = (more = '', roles = '[heavy, named]') => `project_name: ${tag}
global:
  base_subnet: "${BASE}"
  default_os_image: "images:debian/13"
domains:
  ${one}:
    subnet_id: 1
    ephemeral: true
    machines:
      ${one}-1: { ip: ${BASE}.1.1, roles: ${roles} }
      ${one}-2: { ip: ${BASE}.1.2, roles: ${roles} }
  ${two}:
    subnet_id: 2
    ephemeral: true
    machines:
      ${two}-1: { ip: ${BASE}.2.1, roles: ${roles} }
${more}`;

const heavy = (text: string) => `---
- name: Do what takes long
  ansible.builtin.command:
    cmd: dd if=/dev/urandom of=/srv/heavy bs=1M count=4
    creates: /srv/heavy
- name: Write what depends on a variable
  ansible.builtin.copy: { content: "${text} {{ heavy_word | default('none') }}\\n", dest: /etc/heavy, mode: "0644" }
- name: Leave traces as programs do
  ansible.builtin.shell: |
    echo secret of one run >/var/log/program.log
    mkdir -p /etc/ssh /var/lib/dhcp
    echo host key >/etc/ssh/ssh_host_test_key
    echo lease >/var/lib/dhcp/dhclient.eth0.leases
    ln -s /etc /tmp/etc
    touch /var/lib/traced
  args: { creates: /var/lib/traced }
`;

const named = `---
- name: Write the machine's own name
  ansible.builtin.copy: { content: "{{ instance_name }}\\n", dest: /etc/own, mode: "0644" }
`;

const resultOf = ({ stdout }: Outcome): Result =>
  JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Result;
const names = (report: Provisioned) =>
  report.machines.map(({ machine, changed }) => [machine, changed]);
const [m1, m2, m3, m4] = [`${one}-1`, `${one}-2`, `${two}-1`, `${two}-2`];
const fourth = `      ${m4}: { ip: ${BASE}.2.2, roles: [heavy, named] }\n`;

const everyone = [
  [one, m1],
  [one, m2],
  [two, m3],
  [two, m4],
] as const;

/** Whether the daemon makes an image of a copy. */
async function publishes(): Promise<boolean> {
  const path = '/1.0/operations?project=anklume-golden&recursion=1';
  type Listed = { running?: { description: string }[] };
  const { running = [] } = await incusQuery<Listed>(path).catch((): Listed => ({}));
  return running.some(({ description }) => description === 'Downloading image');
}

/** Images that say they are kept machines, as the client lists them. */
async function kept(): Promise<{ fingerprint: string; properties: Record<string, string> }[]> {
  const all = JSON.parse(await incusCli('image', 'list', '--format', 'json')) as {
    fingerprint: string;
    properties: Record<string, string>;
  }[];
  return all.filter(({ properties }) => properties['anklume.golden.project'] === tag);
}

const origin = async (project: string, machine: string) =>
  (await incusCli('config', 'get', '--project', project, machine, 'volatile.base_image')).trim();

async function remove(project: string, machine: string): Promise<void> {
  if (await exists(project, machine))
    await incusCli('delete', '--force', '--project', project, machine);
}

async function exists(project: string, machine: string): Promise<boolean> {
  const urls = await incusQuery<string[]>(`/1.0/instances?project=${project}`);
  return urls.some((url) => url.includes(`/${machine}`));
}

describe('equal machines', () => {
  let folder = '';
  const run = (...words: string[]) => anklume([...words, '--json'], { cwd: folder });

  beforeAll(async () => {
    await ensureParts();
    folder = await projectOf({
      'infra.yml': world(),
      'roles_custom/heavy/tasks/main.yml': heavy('first'),
      'roles_custom/named/tasks/main.yml': named,
    });
  }, 600_000);
  afterAll(async () => {
    await clearAway(folder, [one, two]);
    for (const { fingerprint } of await kept()) await incusCli('image', 'delete', fingerprint);
  });

  // Matrix: PV-202
  it('are provisioned once: the others are copies of the first, with an identity of their own', async () => {
    const outcome = await run('up', '--yes');
    expect(outcome.stderr).toContain(`Keep ${m1} as an image for 2 more`);
    const { provision, golden } = resultOf(outcome);
    expect(outcome.code).toBe(0);
    expect(golden).toEqual({ models: [m1], copies: [m2, m3] });
    expect(names(provision)).toEqual([
      [m1, 4],
      [m2, 1],
      [m3, 1],
    ]);
    const [image] = await kept();
    expect(await origin(one, m1)).not.toBe(image?.fingerprint);
    expect(await origin(one, m2)).toBe(image?.fingerprint);
    expect(await origin(two, m3)).toBe(image?.fingerprint);
    const sums = [one, one, two].map((project, index) =>
      inside(project, [m1, m2, m3][index] ?? '', 'sha256sum', '/srv/heavy'),
    );
    expect(new Set(await Promise.all(sums)).size).toBe(1);
    for (const [project, machine] of [
      [one, m1],
      [one, m2],
      [two, m3],
    ] as const) {
      expect(await fileIn(project, machine, '/etc/own')).toBe(machine);
      expect(await fileIn(project, machine, '/etc/hostname')).toBe(machine);
      expect(await fileIn(project, machine, '/etc/anklume/absolute_level')).toBe('1');
    }
    const ids = await Promise.all([
      fileIn(one, m1, '/etc/machine-id'),
      fileIn(one, m2, '/etc/machine-id'),
      fileIn(two, m3, '/etc/machine-id'),
    ]);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(await fileIn(one, m1, '/var/log/program.log')).toBe('secret of one run');
    expect(await fileIn(two, m3, '/var/log/program.log')).toBe('');
    expect(await fileIn(two, m3, '/etc/ssh/ssh_host_test_key')).toBeUndefined();
    expect(await fileIn(two, m3, '/var/lib/dhcp/dhclient.eth0.leases')).toBeUndefined();
    // The link in /tmp was removed, and what it leads to was not.
    expect(await fileIn(two, m3, '/etc/heavy')).toBe('first none');
  }, 600_000);

  it('leave nothing behind but the image, and a second run changes nothing', async () => {
    const projects = await incusQuery<string[]>('/1.0/projects');
    expect(projects.join(' ')).not.toContain('anklume-golden');
    const again = await run('apply');
    const { provision, golden } = resultOf(again);
    expect(golden).toBeUndefined();
    expect(provision).toMatchObject({ changed: 0, failed: 0 });
    expect(JSON.parse(again.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ done: 0 });
  }, 600_000);

  // Matrix: IM-201
  it('one that is added later comes from the image, and no existing one is touched', async () => {
    const before = await origin(one, m1);
    await write(folder, { 'infra.yml': world(fourth) });
    const { provision, golden } = resultOf(await run('apply', '--sync', '--limit', m4));
    expect(golden).toEqual({ models: [], copies: [m4] });
    expect(provision.machines.find(({ machine }) => machine === m4)).toMatchObject({ changed: 1 });
    expect(await origin(one, m1)).toBe(before);
    expect(await kept()).toHaveLength(1);
    const listed = await anklume(['image', 'cache', 'list', '--json'], { cwd: folder });
    const { images } = JSON.parse(listed.stdout.trim()) as { images: unknown[] };
    const [image] = await kept();
    expect(images).toEqual([
      expect.objectContaining({
        fingerprint: image?.fingerprint,
        roles: ['heavy', 'named'],
        project: tag,
      }),
    ]);
  }, 600_000);

  it('--no-cache makes a machine from its own image', async () => {
    await remove(two, m4);
    const { provision, golden } = resultOf(await run('apply', '--no-cache', '--limit', m4));
    expect(golden).toBeUndefined();
    expect(names(provision)).toEqual([[m4, 4]]);
    expect(await origin(two, m4)).toBe(await origin(one, m1));
  }, 600_000);

  // Matrix: IM-203
  it('a change of a role file, or of a variable that a role names, makes the image useless', async () => {
    await write(folder, { 'roles_custom/heavy/tasks/main.yml': heavy('second') });
    await remove(two, m4);
    expect(resultOf(await run('apply', '--limit', m4)).golden).toBeUndefined();
    expect(await origin(two, m4)).toBe(await origin(one, m1));
    expect(await fileIn(two, m4, '/etc/heavy')).toBe('second none');
    await write(folder, {
      'roles_custom/heavy/tasks/main.yml': heavy('first'),
      'group_vars/all.yml': 'heavy_word: changed\n',
    });
    await remove(two, m4);
    expect(resultOf(await run('apply', '--sync', '--limit', m4)).golden).toBeUndefined();
    expect(await fileIn(two, m4, '/etc/heavy')).toBe('first changed');
  }, 600_000);

  it('prune removes what no machine here asks for', async () => {
    expect(await kept()).toHaveLength(1);
    const pruned = await anklume(['image', 'cache', 'delete'], { cwd: folder });
    expect(pruned.code).toBe(0);
    expect(await kept()).toEqual([]);
    const again = await anklume(['image', 'cache', 'delete'], { cwd: folder });
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('Nothing');
  }, 600_000);

  it('killed while the image is made: the next run converges, and copies that differ in nothing are made ready', async () => {
    for (const [project, machine] of everyone) await remove(project, machine);
    await write(folder, {
      'infra.yml': world(fourth, '[heavy]').replace('[heavy, named]', '[heavy]'),
      'group_vars/all.yml': 'heavy_word: changed\n',
    });
    const child = spawn(process.execPath, [program, 'up', '--yes'], {
      cwd: folder,
      stdio: 'ignore',
      env: { ...process.env, ANKLUME_HOME: inject('home'), INCUS_SOCKET: inject('socket') },
    });
    const ended = once(child, 'exit');
    while (!(await publishes()) && child.exitCode === null) await pause(50);
    child.kill('SIGKILL');
    await ended;
    const outcome = await run('up', '--yes');
    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
    const { provision, golden } = resultOf(outcome);
    // What has been there before is never a model, and what the daemon went on with alone is whole or not there.
    expect(golden?.models).not.toContain(m1);
    expect(golden?.copies).toContain(m3);
    const tasks = new Map(provision.machines.map(({ machine, ok }) => [machine, ok]));
    // Made ready: without the task for the facts, and the three of the role. Newer lines of Ansible count what
    // includes a role, for both.
    expect((tasks.get(m1) ?? 0) - (tasks.get(m4) ?? 0)).toBe(4);
    for (const [project, machine] of everyone) {
      expect(await fileIn(project, machine, '/etc/hostname')).toBe(machine);
      expect(await fileIn(project, machine, '/etc/heavy')).toBe('first changed');
    }
    expect((await incusQuery<string[]>('/1.0/projects')).join(' ')).not.toContain('anklume-golden');
    expect(resultOf(await run('apply')).provision).toMatchObject({ changed: 0, failed: 0 });
  }, 600_000);

  it('without a way to keep an image they are provisioned one by one, and it is told why', async () => {
    for (const [project, machine] of everyone) await remove(project, machine);
    for (const { fingerprint } of await kept()) await incusCli('image', 'delete', fingerprint);
    await incusCli('project', 'create', 'anklume-golden');
    try {
      const outcome = await run('up', '--yes');
      expect(outcome.code).toBe(0);
      expect(outcome.stderr).toContain("'anklume-golden' exists and was not made by anklume");
      const { golden, provision } = resultOf(outcome);
      expect(golden?.copies).toEqual([]);
      expect(provision).toMatchObject({ failed: 0 });
    } finally {
      await incusCli('project', 'delete', 'anklume-golden');
    }
    await rm(join(folder, 'home'), { recursive: true, force: true });
  }, 600_000);
});
