import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productRoot, run } from '../../src/base/system/index.ts';
import { roleTests } from './harness.ts';

/** A role that needs no network, so that every one of its tests fails for the reason that was put into it. */
const TASKS = `---
- name: Write the greeting
  ansible.builtin.copy:
    content: hello
    dest: /etc/greeting
    mode: "0644"
`;
const MOLECULE = `---
platforms: [{ name: debian13, image: "images:debian/13" }]
scenario: { test_sequence: [create, converge, idempotence, verify, destroy] }
`;
const CONVERGE = '- hosts: all\n  gather_facts: false\n  roles: [ROLE]\n';
const VERIFY = `- hosts: all
  gather_facts: false
  tasks:
    - name: Read the greeting
      ansible.builtin.command: grep -x hello /etc/greeting
      changed_when: false
`;

const ROLES = {
  good: TASKS,
  fails: TASKS.replace('/etc/greeting', '/no/such/folder/greeting'),
  restless: TASKS.replace('content: hello', 'content: "hello\\n{{ now() }}"'),
  unwritten: TASKS.replace('/etc/greeting', '/etc/another'),
};

let home: string;
let folder: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'anklume-role-home-'));
  folder = join(home, 'roles');
  for (const [name, tasks] of Object.entries(ROLES)) {
    const molecule = join(folder, name, 'molecule', 'default');
    await run(['mkdir', '-p', molecule, join(folder, name, 'tasks')]);
    await writeFile(join(folder, name, 'tasks', 'main.yml'), tasks);
    await writeFile(join(molecule, 'molecule.yml'), MOLECULE);
    await writeFile(join(molecule, 'converge.yml'), CONVERGE.replace('ROLE', name));
    await writeFile(join(molecule, 'verify.yml'), VERIFY);
  }
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('a role that is broken', () => {
  it('P06-01 P06-02: turns its test red at the step that shows it, without a terminal, and the good one stays green', async () => {
    const { code, results } = await roleTests(['--all', '--path', folder], home);
    const red = Object.fromEntries(
      results.map(({ role, steps }) => [role, steps.find(({ ok }) => !ok)?.step]),
    );
    expect(red).toEqual({
      fails: 'converge',
      good: undefined,
      restless: 'idempotence',
      unwritten: 'verify',
    });
    expect(code).toBe(1);
    const log = results.find(({ role }) => role === 'restless')?.log ?? '';
    expect(await readFile(log, 'utf8')).toContain('restless: Write the greeting');
    // Nothing stays: no machine, no daemon.
    const sandboxes = await run(['pgrep', '--full', join(home, 'sandboxes')], { accept: [0, 1] });
    expect(sandboxes.stdout).toBe('');
  });

  it('P17-13: a role without a test, and a role that is not there, are named', async () => {
    await cp(join(productRoot(), 'roles/firewall_router/tasks'), join(folder, 'bare/tasks'), {
      recursive: true,
    });
    const bare = await roleTests(['bare', '--path', folder], home);
    expect([bare.code, bare.stderr]).toEqual([1, expect.stringContaining('role-untested')]);
    const absent = await roleTests(['absent', '--path', folder], home);
    expect([absent.code, absent.stderr]).toEqual([2, expect.stringContaining('role-unknown')]);
  });
});
