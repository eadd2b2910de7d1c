import { chmod, mkdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planSync, playbookProblems } from './index.ts';
import { freshProject, load, SAMPLE, snapshot, sync } from './worlds.fixture.ts';

const infra = load(SAMPLE);
const SITE = '---\n- hosts: all\n  roles: [incus_networks]\n- hosts: localhost\n  tasks: []\n';
const SETTINGS = '[defaults]\ncallback_plugins = ./own\nvault_password_file = ./ask.sh\n';

/** A folder as the Ansible-based anklume leaves it. */
async function clone(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const root = await freshProject();
  for (const [path, text] of Object.entries({
    'site.yml': SITE,
    'ansible.cfg': SETTINGS,
    ...files,
  })) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}
const read = (root: string, path: string) => readFile(join(root, path), 'utf8');

describe('another Ansible project in the folder', () => {
  it('its plays and settings are kept under another name and told, and ours are whole', async () => {
    const root = await clone();
    await chmod(join(root, 'site.yml'), 0o600);
    const before = await snapshot(root);
    const plan = await planSync(infra, root);
    expect(await snapshot(root)).toEqual(before);
    expect(plan.aside).toEqual([
      { path: 'ansible.cfg', to: 'ansible.before-anklume.cfg' },
      { path: 'site.yml', to: 'site.before-anklume.yml' },
    ]);
    const told = plan.problems.map(({ severity, code, message }) => [severity, code, message.en]);
    expect(told).toEqual(
      plan.aside.map(({ path, to }) => [
        ...['warning', 'put-aside'],
        `'${path}' belongs to another Ansible project: it is kept as '${to}', and nothing in it is run.`,
      ]),
    );
    expect(plan.problems[1]?.remedy?.en).toContain("'- import_playbook: site.before-anklume.yml'");
    await sync(infra, root);
    expect(await read(root, 'site.before-anklume.yml')).toBe(SITE);
    expect((await stat(join(root, 'site.before-anklume.yml'))).mode & 0o777).toBe(0o600);
    expect(await read(root, 'ansible.before-anklume.cfg')).toBe(SETTINGS);
    const empty = await freshProject();
    await sync(infra, empty);
    for (const path of ['site.yml', 'ansible.cfg'])
      expect(await read(root, path)).toBe(await read(empty, path));
    const after = await snapshot(root);
    expect((await sync(infra, root)).aside).toEqual([]);
    expect(await snapshot(root)).toEqual(after);
  });

  it('what stands below our sections was asked for, and stays', async () => {
    const root = await freshProject();
    await sync(infra, root);
    const lines = '- import_playbook: site.before-anklume.yml\n- hosts: all\n  tasks: []\n';
    for (const [path, text] of Object.entries({ 'site.yml': lines, 'ansible.cfg': 'forks = 3\n' }))
      await writeFile(join(root, path), (await read(root, path)) + text);
    await mkdir(join(root, 'filter_plugins'));
    const before = await snapshot(root);
    expect((await sync(infra, root)).aside).toEqual([]);
    expect(await snapshot(root)).toEqual(before);
    expect(await playbookProblems(root)).toEqual([]);
  });

  it.each([
    '- hosts: all\n  roles:\n    - incus_networks\n',
    '- hosts: all\n  roles:\n    - role: incus_instances\n      tags: [infra]\n',
    "- hosts: all\n  tasks:\n    - include_role:\n        name: 'incus_profiles'\n",
  ])(
    'plays of the system before go also where a section of ours stands above them: %j',
    async (plays) => {
      const root = await freshProject();
      await sync(infra, root);
      const both = (await read(root, 'site.yml')) + plays;
      await writeFile(join(root, 'site.yml'), both);
      expect(await playbookProblems(root)).toMatchObject([{ code: 'playbook-not-ours' }]);
      await sync(infra, root);
      expect(await read(root, 'site.before-anklume.yml')).toBe(both);
      expect(await read(root, 'site.yml')).not.toContain('incus_');
      expect(await playbookProblems(root)).toEqual([]);
    },
  );

  it('folders from which Ansible loads code go aside with them; roles and other files stay', async () => {
    const root = await clone({
      'callback_plugins/spy.py': 'x\n',
      'vars_plugins/more.py': 'x\n',
      'library/copy.py': 'x\n',
      'roles/base_system/tasks/main.yml': '[]\n',
      'scripts/x.sh': 'x\n',
    });
    const { aside } = await sync(infra, root);
    expect(aside.slice(2).map(({ path }) => path)).toEqual([
      ...['callback_plugins', 'library', 'vars_plugins'],
    ]);
    expect(await read(root, 'callback_plugins.before-anklume/spy.py')).toBe('x\n');
    expect(await read(root, 'roles/base_system/tasks/main.yml')).toBe('[]\n');
    expect(await read(root, 'scripts/x.sh')).toBe('x\n');
  });

  it('nothing that has such a name already is written over; a link stays one', async () => {
    const root = await clone({
      'site.before-anklume.yml': 'mine\n',
      'library.before-anklume/x': 'mine\n',
      'library/y': 'y\n',
      'playbooks/main.yml': SITE,
    });
    await writeFile(join(root, 'ansible.cfg'), '\n');
    const linked = await freshProject();
    await mkdir(join(linked, 'playbooks'));
    await writeFile(join(linked, 'playbooks/main.yml'), SITE);
    await symlink('playbooks/main.yml', join(linked, 'site.yml'));
    await sync(infra, root);
    expect(await read(root, 'site.before-anklume.yml')).toBe('mine\n');
    expect(await read(root, 'site.before-anklume-2.yml')).toBe(SITE);
    expect(await read(root, 'library.before-anklume-2/y')).toBe('y\n');
    expect(await read(root, 'ansible.cfg')).toMatch(/^# === MANAGED/);
    await sync(infra, linked);
    expect(await readlink(join(linked, 'site.before-anklume.yml'))).toBe('playbooks/main.yml');
    expect(await read(linked, 'playbooks/main.yml')).toBe(SITE);
    expect(await read(linked, 'site.yml')).toContain('Give machines their roles');
    expect((await stat(join(linked, 'site.yml'))).isFile()).toBe(true);
  });

  it('without a sync of ours its plays are not taken for ours', async () => {
    const codes = async (root: string) =>
      (await playbookProblems(root)).map(({ code, place }) => `${code} ${place?.file}`);
    expect(await codes(await clone())).toEqual([
      'playbook-not-ours site.yml',
      'playbook-not-ours ansible.cfg',
    ]);
    const root = await freshProject();
    expect(await codes(root)).toHaveLength(2);
    await sync(infra, root);
    expect(await codes(root)).toEqual([]);
    await writeFile(join(root, 'ansible.cfg'), SETTINGS);
    expect(await codes(root)).toEqual(['playbook-not-ours ansible.cfg']);
  });
});
