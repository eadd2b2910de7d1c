import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planEarlier } from '../../world/tree/index.ts';
import { readFiles, writeDeclaration, writeEarlier } from './files.ts';
import { History } from './store.ts';

let base: string;
let root: string;
let history: History;
const at = (path: string) => join(root, path);
const text = (path: string) => readFile(at(path), 'utf8');

const managed = (value: string) =>
  `# === MANAGED BY infra.yml ===\nvalue: ${value}\n# === END MANAGED ===\n`;
const own = (line: string) => `\n# Your custom variables below:\n${line}`;

async function put(path: string, content: string, mode = 0o644) {
  await mkdir(dirname(at(path)), { recursive: true });
  await writeFile(at(path), content, { mode });
  await chmod(at(path), mode);
}

const keep = async (number: number) => history.keep(number, await readFiles(root));

async function goBackTo(number: number) {
  const [kept, current] = await Promise.all([history.readFiles(number), readFiles(root)]);
  const plan = await planEarlier(root, kept, current);
  if (plan.problems.length === 0) await writeEarlier(plan);
  return { plan, declaration: await writeDeclaration(root, kept, current, number) };
}

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'anklume-files-'));
  root = join(base, 'project');
  await mkdir(root);
  history = new History('p', 'daemon', { ANKLUME_HOME: join(base, 'home') });
});
afterEach(() => rm(base, { recursive: true, force: true }));

describe('B07-01: a rollback of the tree', () => {
  it('brings managed sections back, and leaves every other line and file as it is', async () => {
    await put('host_vars/a.yml', `---\n${managed('old')}${own('mine: 1\n')}`);
    await put('host_vars/gone.yml', `---\n${managed('old')}\n`);
    await put('host_vars/theirs.yml', 'theirs: 1\n');
    await keep(1);
    await put('host_vars/a.yml', `---\n${managed('new')}${own('mine: 2\n')}`);
    await rm(at('host_vars/gone.yml'));
    await put('host_vars/came.yml', `---\n${managed('new')}\n# Your custom variables below:\n`);
    await put('host_vars/came-and-mine.yml', `---\n${managed('new')}${own('mine: 3\n')}`);
    await put('host_vars/theirs.yml', 'theirs: 2\n');
    await put('group_vars/all/secret.yml', 'secret: x\n');
    await put('inventory/own.yml', 'all: {hosts: {}}\n');
    const { plan } = await goBackTo(1);
    expect(await text('host_vars/a.yml')).toBe(`---\n${managed('old')}${own('mine: 2\n')}`);
    expect(await text('host_vars/gone.yml')).toBe(`---\n${managed('old')}\n`);
    await expect(text('host_vars/came.yml')).rejects.toThrow();
    expect(await text('host_vars/came-and-mine.yml')).toBe(`---\n${own('mine: 3\n')}`);
    expect(await text('host_vars/theirs.yml')).toBe('theirs: 2\n');
    expect(await text('group_vars/all/secret.yml')).toBe('secret: x\n');
    expect(await text('inventory/own.yml')).toBe('all: {hosts: {}}\n');
    expect(plan.own).toEqual([
      'group_vars/all/secret.yml',
      'host_vars/a.yml',
      'host_vars/came-and-mine.yml',
      'host_vars/theirs.yml',
      'inventory/own.yml',
    ]);
  });

  it('keeps the rights of files, also of those that come back', async () => {
    await put('host_vars/a.yml', `---\n${managed('old')}\n`, 0o600);
    await put('host_vars/gone.yml', `---\n${managed('old')}\n`, 0o640);
    await put('infra.yml', 'old: 1\n', 0o600);
    await keep(1);
    await put('host_vars/a.yml', `---\n${managed('new')}\n`, 0o600);
    await rm(at('host_vars/gone.yml'));
    await put('infra.yml', 'new: 1\n', 0o600);
    const { declaration } = await goBackTo(1);
    const mode = async (path: string) => ((await stat(at(path))).mode & 0o777).toString(8);
    expect(await mode('host_vars/a.yml')).toBe('600');
    expect(await mode('host_vars/gone.yml')).toBe('640');
    expect(await mode(declaration ?? '')).toBe('600');
  });

  it('knows what links hold, writes through those that stay within, and keeps them links', async () => {
    await put('shared/a.yml', `---\n${managed('old')}\n`);
    await put('shared/came.yml', `---\n${managed('old')}\n`);
    await mkdir(at('host_vars'));
    await symlink('../shared/a.yml', at('host_vars/a.yml'));
    await keep(1);
    expect((await history.readFiles(1)).map(({ path }) => path)).toEqual(['host_vars/a.yml']);
    await put('shared/a.yml', `---\n${managed('new')}\n`);
    await symlink('../shared/came.yml', at('host_vars/came.yml'));
    await goBackTo(1);
    expect((await lstat(at('host_vars/a.yml'))).isSymbolicLink()).toBe(true);
    expect(await text('shared/a.yml')).toBe(`---\n${managed('old')}\n`);
    expect((await lstat(at('host_vars/came.yml'))).isSymbolicLink()).toBe(true);
    expect(await text('shared/came.yml')).toBe('');
  });

  it.each(['file', 'folder'])(
    'refuses where a %s leads out of the project, as sync does, and writes nothing',
    async (kind) => {
      const outside = join(base, 'outside');
      await mkdir(outside);
      await writeFile(join(outside, 'a.yml'), `---\n${managed('new')}\n`);
      await put('host_vars/a.yml', `---\n${managed('old')}\n`);
      await put('group_vars/b.yml', `---\n${managed('old')}\n`);
      await keep(1);
      await put('group_vars/b.yml', `---\n${managed('new')}\n`);
      if (kind === 'file') {
        await rm(at('host_vars/a.yml'));
        await symlink(join(outside, 'a.yml'), at('host_vars/a.yml'));
      } else {
        await rm(at('host_vars'), { recursive: true });
        await symlink(outside, at('host_vars'));
      }
      const { plan } = await goBackTo(1);
      expect(plan.problems).toMatchObject([{ code: 'tree-outside-project' }]);
      expect(await readFile(join(outside, 'a.yml'), 'utf8')).toBe(`---\n${managed('new')}\n`);
      expect(await text('group_vars/b.yml')).toBe(`---\n${managed('new')}\n`);
    },
  );

  it('puts the old infra.yml beside, and never over what somebody made of an earlier one', async () => {
    await put('infra.yml', 'old: 1\n');
    await keep(1);
    await put('infra.yml', 'new: 1\n');
    expect((await goBackTo(1)).declaration).toBe('infra.yml.generation-1');
    expect((await goBackTo(1)).declaration).toBe('infra.yml.generation-1');
    await put('infra.yml.generation-1', 'old: 1\nmine: 1\n');
    expect((await goBackTo(1)).declaration).toBe('infra.yml.generation-1-2');
    expect(await text('infra.yml.generation-1')).toBe('old: 1\nmine: 1\n');
    await writeFile(join(base, 'elsewhere'), 'x');
    await rm(at('infra.yml.generation-1-2'));
    await symlink(join(base, 'elsewhere'), at('infra.yml.generation-1-2'));
    expect((await goBackTo(1)).declaration).toBe('infra.yml.generation-1-3');
    expect(await readFile(join(base, 'elsewhere'), 'utf8')).toBe('x');
  });

  it('a folder that leads back to itself is read once, and what is no file not at all', async () => {
    await put('group_vars/all/x.yml', 'x: 1\n');
    await symlink('.', at('group_vars/all/loop'));
    await symlink('/dev/zero', at('group_vars/all/zero.yml'));
    await symlink('nowhere', at('group_vars/all/broken.yml'));
    expect((await readFiles(root)).map(({ path }) => path)).toEqual(['group_vars/all/x.yml']);
  });
});
