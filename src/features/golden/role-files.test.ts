import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readRole } from './role-files.ts';

let root: string;
const write = async (path: string, text: string) => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'anklume-roles-'));
  await write('roles_custom/web/tasks/main.yml', '- command: x\n  when: web_on\n');
  await write('roles_custom/web/defaults/main.yml', 'web_on: true\n');
  await write('roles_custom/web/files/x', 'bytes');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const digest = async () => (await readRole(root, 'web'))?.digest;

it('knows what a role decides by and defines', async () => {
  const role = await readRole(root, 'web');
  expect(role?.deciding).toContain('web_on');
  expect(role?.definitions.get('web_on')).toBe('true');
  expect(await readRole(root, 'nowhere')).toBeUndefined();
});

it('changes with every byte, name and right of it, and with a role of the same name elsewhere', async () => {
  const seen = new Set([await digest()]);
  await write('roles_custom/web/files/x', 'bytez');
  seen.add(await digest());
  await write('roles_custom/web/files/y', '');
  seen.add(await digest());
  execFileSync('chmod', ['+x', join(root, 'roles_custom/web/files/y')]);
  seen.add(await digest());
  await write('roles_vendor/web/tasks/main.yml', '[]\n');
  seen.add(await digest());
  expect(seen.size).toBe(5);
});

it('stays with what does nothing', async () => {
  const before = await digest();
  await write('roles_custom/web/README.md', 'words');
  await write('roles_custom/web/molecule/default/verify.yml', '[]');
  expect(await digest()).toBe(before);
});

it('follows links to files, and does not pretend to know what a pipe or a linked folder holds', async () => {
  await write('shared', 'one');
  await symlink(join(root, 'shared'), join(root, 'roles_custom/web/files/link'));
  const before = await digest();
  await write('shared', 'two');
  expect(await digest()).not.toBe(before);
  await symlink('/etc', join(root, 'roles_custom/web/files/folder'));
  expect(await digest()).toBeUndefined();
  await rm(join(root, 'roles_custom/web/files/folder'));
  execFileSync('mkfifo', [join(root, 'roles_custom/web/files/pipe')]);
  expect(await digest()).toBeUndefined();
});
