import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { refusalOf } from '../../../src/world/infra/roles/ansible-types.ts';
import { program } from '../build.ts';
import { anklume, clearAway, inSandbox, type Outcome, resultOf, uniqueName } from '../support.ts';
import {
  byHand,
  ensureParts,
  fileIn,
  inside,
  type Provisioned,
  projectOf,
  roleThatWrites,
  write,
} from './world.ts';

const tag = uniqueName('v');
const [one, two] = [`${tag}a`, `${tag}b`];
const BASE = '10.74';

/** Two domains; the second machine of the first has no roles. `second` are the roles of the machine of the other. */
const world = (second: string) => `project_name: ${tag}
global:
  base_subnet: "${BASE}"
  default_os_image: "images:debian/13"
domains:
  ${one}:
    subnet_id: 1
    ephemeral: true
    machines:
      ${one}-1: { ip: ${BASE}.1.1, roles: [greet] }
      ${one}-2: { ip: ${BASE}.1.2 }
  ${two}:
    subnet_id: 2
    ephemeral: true
    machines:
      ${two}-1: { ip: ${BASE}.2.1, roles: ${second} }
`;

const roles = {
  'roles_custom/greet/tasks/main.yml': roleThatWrites(
    '/etc/greeting',
    "{{ greeting | default('hello') }} {{ instance_name }}",
  ),
  'roles_custom/second/tasks/main.yml': roleThatWrites('/etc/second', 'after the other'),
  // A role of ours has this name too.
  'roles_custom/base_system/tasks/main.yml': roleThatWrites('/etc/own', 'mine'),
  'roles_custom/broken/tasks/main.yml': `---
- name: Stop here
  ansible.builtin.command: sh -c 'printf "out of \\033[31morder" >&2; exit 3'
  changed_when: false
`,
};

/** A role that says what its variable may be. */
const sized = {
  'roles_custom/sized/meta/argument_specs.yml':
    'argument_specs: {main: {options: {sized_to: {type: int, default: 3}}}}\n',
  'roles_custom/sized/defaults/main.yml': 'sized_to: 3\n',
  'roles_custom/sized/tasks/main.yml': roleThatWrites('/etc/sized', '{{ sized_to + 1 }}'),
};

const provisioned = (outcome: Outcome) => resultOf<{ provision: Provisioned }>(outcome).provision;
const [m1, m2, m3] = [`${one}-1`, `${one}-2`, `${two}-1`];

/** Whether the installed Ansible takes each of the values for each type. */
const TAKEN = `
import json, sys
from ansible.module_utils.common import validation
def taken(kind, value):
    try:
        getattr(validation, "check_type_" + kind)(value)
        return True
    except Exception: # 2.19 has an OverflowError for an infinite number of things
        return False
kinds, values = json.load(sys.stdin)
json.dump([[kind, value, taken(kind, value)] for kind in kinds for value in values], sys.stdout)
`;

it('what infra.yml is refused for, Ansible refuses too', async () => {
  await ensureParts();
  const texts = ['', 'a', 'a,b', 'a=1', '{"a": 1}', '1.5', '7.0', ' +7 ', '1_000', '1e3', 'inf'];
  const more = ['-Infinity', 'nan', '7x', '.5', '3.', '0x10', '٣', 'yes', ' no ', 'off', '1.0'];
  const values = [...texts, ...more, true, false, 0, 1, 2, -7, 1.5, [], ['a'], {}, { a: 1 }];
  const { stdout } = await run(['/usr/bin/python3', '-c', TAKEN], {
    input: JSON.stringify([['bool', 'dict', 'float', 'int', 'list'], values]),
  });
  const all = JSON.parse(stdout) as [string, unknown, boolean][];
  const wrong = all.filter(([type, value, taken]) => taken && refusalOf(value, { type }));
  expect(wrong).toEqual([]);
  // Nor is it lenient with all there is.
  const refused = all.filter(([type, value]) => refusalOf(value, { type }));
  expect(refused.length).toBeGreaterThan(all.filter(([, , taken]) => !taken).length * 0.8);
});

describe('roles in machines', () => {
  let folder = '';
  // With a home of its own it does not know the sandbox, and reaches its walls no more than those of another machine.
  const apply = (...words: string[]) =>
    anklume(['apply', ...words, '--no-isolation', '--json'], {
      cwd: folder,
      env: { ANKLUME_HOME: `${folder}/home` },
    });

  beforeAll(async () => {
    await ensureParts();
    folder = await projectOf({ 'infra.yml': world('[greet, second, base_system]'), ...roles });
  }, 600_000);
  afterAll(async () => {
    await clearAway(folder, [one, two]);
  });

  // Matrix: PV-101
  it('P03-05, P03-01, P05-04, P16-25: one up makes the machines and gives each its own roles, the own before ours', async () => {
    const outcome = await anklume(['up', '--yes', '--no-isolation', '--json'], {
      cwd: folder,
      env: { ANKLUME_HOME: `${folder}/home` },
    });
    const report = provisioned(outcome);
    expect(outcome.code).toBe(0);
    expect(report.machines.map(({ machine, changed }) => [machine, changed])).toEqual([
      [m1, 1],
      [m3, 3],
    ]);
    expect(await fileIn(one, m1, '/etc/greeting')).toBe(`hello ${m1}`);
    expect(await fileIn(two, m3, '/etc/second')).toBe('after the other');
    expect(await fileIn(two, m3, '/etc/own')).toBe('mine');
    expect(await fileIn(one, m1, '/etc/second')).toBeUndefined();
    expect(await fileIn(one, m2, '/etc/greeting')).toBeUndefined();
    const log = await readFile(report.log, 'utf8');
    expect(log).toContain(`${m3} changed second: Write /etc/second`);
    expect(log).not.toMatch(new RegExp(`${m1} \\w+ second:|${m2} `));
    expect((await stat(report.log)).mode & 0o077).toBe(0);
  });

  // Matrix: PV-102
  it('P03-06, P03-04: a second time nothing changes, and nothing of it goes over the network', async () => {
    await inSandbox('nft', 'add', 'table', 'ip', 'watch');
    const chain = ['chain', 'ip', 'watch', 'out', '{ type filter hook output priority 0; }'];
    await inSandbox('nft', 'add', ...chain);
    const counted = ['ip', 'daddr', `${BASE}.0.0/16`, 'meta', 'l4proto', 'tcp', 'counter'];
    await inSandbox('nft', 'add', 'rule', 'ip', 'watch', 'out', ...counted);
    try {
      const report = provisioned(await apply());
      expect(report).toMatchObject({ changed: 0, failed: 0 });
      const rules = await inSandbox('nft', 'list', 'table', 'ip', 'watch');
      expect(rules).toContain('counter packets 0 bytes 0');
    } finally {
      await inSandbox('nft', 'delete', 'table', 'ip', 'watch');
    }
    expect(await inside(one, m1, 'sh', '-c', 'command -v sshd || echo none')).toBe('none');
  });

  // Matrix: PV-203
  it('P02-06: Ansible by hand in the project folder is the same run', async () => {
    const recap = await byHand(folder, '-i', 'inventory', 'site.yml');
    expect(recap).toMatch(new RegExp(`${m1} +: ok=\\d+ +changed=0 +unreachable=0 +failed=0`));
    expect(recap).toMatch(new RegExp(`${m3} +: ok=\\d+ +changed=0 +unreachable=0 +failed=0`));
  });

  it('P02-06: a line by hand counts, from any folder below, in the machine it is about', async () => {
    const path = join(folder, 'host_vars', `${m1}.yml`);
    await write(folder, {
      [`host_vars/${m1}.yml`]: `${await readFile(path, 'utf8')}greeting: good day\n`,
    });
    const outcome = await anklume(['apply', 'provision', '--json'], {
      cwd: join(folder, 'roles_custom/greet'),
    });
    expect(provisioned(outcome)).toMatchObject({ changed: 1, failed: 0 });
    expect(await fileIn(one, m1, '/etc/greeting')).toBe(`good day ${m1}`);
  });

  it('B07-07: in a clone of another Ansible project none of its plays, settings and plugins run unasked', async () => {
    const mark = (name: string) => join(folder, `ran-${name}`);
    const python = (name: string) => `open(${JSON.stringify(mark(name))}, "a").close()\n`;
    const script = (name: string) => `#!/bin/sh\ntouch ${mark(name)}\necho '{}'\n`;
    const plays = `---
- hosts: localhost
  tasks: [{ name: Here, ansible.builtin.file: { path: ${mark('localhost')}, state: touch } }]
- hosts: all
  tasks: [{ name: There, ansible.builtin.copy: { content: x, dest: /etc/theirs } }]
`;
    const settings = `[defaults]
callback_plugins = own
vault_password_file = ask.sh
roles_path = roles
[inventory]
enable_plugins = script, yaml
`;
    await write(folder, {
      'site.yml': plays,
      'ansible.cfg': settings,
      'ask.sh': script('vault'),
      'own/spy.py': python('callback'),
      'callback_plugins/near.py': python('near'),
      'vars_plugins/vars.py': python('vars'),
      'inventory/more.sh': script('inventory'),
      'roles/earlier/tasks/main.yml': roleThatWrites('/etc/earlier', 'kept'),
      'infra.yml': world('[greet, second, base_system, earlier]'),
    });
    for (const path of ['ask.sh', 'inventory/more.sh']) await chmod(join(folder, path), 0o755);
    const ran = async () => (await readdir(folder)).filter((name) => name.startsWith('ran-'));

    const refused = await anklume(['apply', 'provision'], { cwd: folder });
    expect([refused.code, await ran()]).toEqual([2, []]);
    expect(refused.stderr).toContain("Run 'anklume sync'");
    expect(await readFile(join(folder, 'site.yml'), 'utf8')).toBe(plays);

    const outcome = await apply('provision', '--sync');
    expect([outcome.code, await ran()]).toEqual([0, []]);
    expect(provisioned(outcome)).toMatchObject({ failed: 0 });
    expect(await fileIn(two, m3, '/etc/earlier')).toBe('kept');
    expect(await fileIn(two, m3, '/etc/theirs')).toBeUndefined();
    expect(await readFile(join(folder, 'site.before-anklume.yml'), 'utf8')).toBe(plays);
    expect(await readFile(join(folder, 'ansible.before-anklume.cfg'), 'utf8')).toBe(settings);

    // Asked for, they run.
    const site = join(folder, 'site.yml');
    const ours = await readFile(site, 'utf8');
    await writeFile(site, `${ours}- import_playbook: site.before-anklume.yml\n`);
    expect((await apply('provision')).code).toBe(0);
    expect(await fileIn(two, m3, '/etc/theirs')).toBe('x');
    await writeFile(site, ours);
    await rm(join(folder, 'inventory/more.sh'));
    await write(folder, { 'infra.yml': world('[greet, second, base_system]') });
    expect((await anklume(['sync'], { cwd: folder })).code).toBe(0);
  });

  // Matrix: PV-103
  it('P03-01: a tag and a limit choose, and the phase infra starts no Ansible', async () => {
    for (const [project, machine] of [
      [one, m1],
      [two, m3],
    ] as const)
      await inside(project, machine, 'rm', '-f', '/etc/greeting', '/etc/second');
    const before = (await readdir(join(folder, 'home/logs'))).length;
    expect(resultOf(await apply('infra'))).not.toHaveProperty('provision');
    expect(resultOf(await apply('provision', '--limit', m2))).not.toHaveProperty('provision');
    expect(await readdir(join(folder, 'home/logs'))).toHaveLength(before);
    const tagged = provisioned(await apply('--tags', 'second'));
    expect(tagged.machines.map(({ machine, changed }) => [machine, changed])).toEqual([
      [m1, 0],
      [m3, 1],
    ]);
    expect(await fileIn(two, m3, '/etc/greeting')).toBeUndefined();
    const limited = provisioned(await apply('provision', '--limit', two));
    expect(limited.machines.map(({ machine }) => machine)).toEqual([m3]);
    expect(await fileIn(one, m1, '/etc/greeting')).toBeUndefined();
  });

  // Matrix: PV-301
  it('a role that fails and a role that is nowhere stop their own machines alone, and are told', async () => {
    await write(folder, { 'infra.yml': world('[greet, broken]') });
    const failing = await anklume(['apply', '--sync'], { cwd: folder });
    expect(failing.code).toBe(1);
    expect(failing.stderr).toContain(`Provision ${m3}: broken: Stop here: out of \\x1b[31morder`);
    expect(failing.stdout).toContain('1 machine provisioned');
    expect(failing.stdout).toContain('1 failed');
    expect(await fileIn(one, m1, '/etc/greeting')).toBe(`good day ${m1}`);
    await write(folder, { 'infra.yml': world('[greet, nowhere]') });
    const missing = await apply('provision', '--sync');
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('No role nowhere');
    const { machines } = provisioned(missing);
    expect(machines.map(({ machine, result }) => [machine, result])).toEqual([
      [m1, 'done'],
      [m3, 'failed'],
    ]);
  });

  it('a wrong variable: in infra.yml before anything is touched, by hand in its own machine alone', async () => {
    await write(folder, { ...sized, 'infra.yml': world('[greet, sized], sized_to: huge') });
    const path = join(folder, 'host_vars', `${m3}.yml`);
    const before = await readFile(path, 'utf8');
    const wrong = await anklume(['apply', '--sync'], { cwd: folder });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("The role 'sized' takes a whole number for sized_to.");
    expect(wrong.stderr).toMatch(/infra\.yml:16:\d+/);
    expect(await readFile(path, 'utf8')).toBe(before);

    await write(folder, { 'infra.yml': world('[greet, sized], sized_too: 4') });
    const unknown = await anklume(['sync', '--dry-run'], { cwd: folder });
    expect(unknown.code).toBe(0);
    expect(unknown.stdout + unknown.stderr).toContain("did you mean 'sized_to'?");

    await write(folder, { 'infra.yml': world('[greet, sized]') });
    expect((await anklume(['sync'], { cwd: folder })).code).toBe(0);
    const managed = await readFile(path, 'utf8');
    await write(folder, { [`host_vars/${m3}.yml`]: `${managed}sized_to: huge\n` });
    const ownLine = await apply('provision');
    expect(ownLine.code).toBe(1);
    const { machines } = provisioned(ownLine);
    expect(machines.map(({ machine, result }) => [machine, result])).toEqual([
      [m1, 'done'],
      [m3, 'failed'],
    ]);
    expect(machines[1]?.failure?.message.en).toContain("argument 'sized_to'");
    await write(folder, { [`host_vars/${m3}.yml`]: `${managed}sized_to: 6\n` });
    expect(provisioned(await apply('provision'))).toMatchObject({ failed: 0 });
    expect(await fileIn(two, m3, '/etc/sized')).toBe('7');
  });

  // Matrix: PV-302
  it('P22-20: without Ansible it says what to install, ends with 4, and the machines are up all the same', async () => {
    const hide = `mount --bind /dev/null "$(command -v ansible-playbook)"; exec "$@"`;
    const words = ['unshare', '--mount', 'sh', '-ec', hide, 'sh', process.execPath, program];
    const { code, stdout } = await run([...words, 'apply', '--json'], {
      cwd: folder,
      env: { ANKLUME_LANG: 'en', INCUS_SOCKET: inject('socket') },
      accept: [4],
    });
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({
      failed: 0,
      provision: { done: false, failure: { code: 'ansible-missing' } },
    });
  });
});
