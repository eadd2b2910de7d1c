import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileAbove, findObstacles } from './obstacles.ts';
import { planSwap, removeEmpty, take } from './swap.ts';

let folder: string;
const within = (...parts: string[]) => join(folder, ...parts);
async function write(...paths: readonly string[]) {
  for (const path of paths) {
    await mkdir(dirname(within(path)), { recursive: true });
    await writeFile(within(path), path);
  }
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-obstacles-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('P16-25: what stands where the new version puts something', () => {
  const find = (
    placed: readonly string[],
    more: { tracked?: string[]; removed?: string[]; edited?: string[] } = {},
  ) =>
    findObstacles(folder, {
      placed,
      ...{ tracked: new Set(more.tracked), removed: new Set(more.removed) },
      edited: new Set(more.edited),
    });

  it('is nothing where nothing stands, or what git expects', async () => {
    await write('known', 'deep/known');
    const tracked = ['known', 'deep/known'];
    expect(await find(['new', 'deep/new', 'new/er/x', ...tracked], { tracked })).toEqual({
      users: [],
      ours: [],
    });
  });

  it('a file that git does not follow, or that was edited, is the user’s', async () => {
    await write('mine', 'edited');
    const found = await find(['mine', 'edited'], { tracked: ['edited'], edited: ['edited'] });
    expect(found).toEqual({ users: ['mine', 'edited'], ours: [] });
  });

  it('a folder where a file comes is ours when all in it goes anyway', async () => {
    await write('f/a', 'f/b/c');
    const removed = ['f/a', 'f/b/c'];
    expect(await find(['f'], { tracked: removed, removed })).toEqual({ users: [], ours: ['f'] });
    expect(await find(['f'], { tracked: removed, removed: ['f/a'] })).toEqual({
      users: ['f'],
      ours: [],
    });
    const edited = ['f/b/c'];
    expect(await find(['f'], { tracked: removed, removed, edited })).toEqual({
      users: ['f'],
      ours: [],
    });
    await mkdir(within('empty/er'), { recursive: true });
    expect(await find(['empty'])).toEqual({ users: [], ours: ['empty'] });
  });

  it('a file or a link where a folder comes is told once, for all that comes below it', async () => {
    await write('ours', 'mine', 'elsewhere/x');
    await symlink('elsewhere', within('link'));
    const found = await find(['ours/a', 'ours/b/c', 'mine/a', 'link/x', 'link/y'], {
      tracked: ['ours'],
    });
    expect(found).toEqual({ users: ['mine', 'link'], ours: ['ours'] });
  });

  it('the first step that is no folder is found', async () => {
    await write('a/b', 'top');
    expect(await fileAbove(folder, 'a/b/c/d')).toBe('a/b');
    expect(await fileAbove(folder, 'top/x')).toBe('top');
    for (const path of ['a/x', 'a/x/y', 'x', 'a/b'])
      expect(await fileAbove(folder, path)).toBeUndefined();
  });
});

describe('B07-03: the steps that put a new version in place', () => {
  const places = () => ({ root: within('root'), tree: within('tree'), before: within('before') });
  const plan = async (changes: { placed?: string[]; removed?: string[]; aside?: string[] }) => {
    const steps = await planSwap(places(), { placed: [], removed: [], aside: [], ...changes });
    const short = (path: string) => path.slice(folder.length + 1);
    return steps.map((step) =>
      Object.fromEntries(
        Object.entries(step).map(([key, value]) => [
          key,
          typeof value === 'string' ? short(value) : value,
        ]),
      ),
    );
  };

  it('make room, take away, make folders once, then place', async () => {
    await write('root/gone', 'root/changed', 'root/there/x', 'root/mine/deep/x', 'elsewhere/gone');
    await symlink('../elsewhere', within('root/link'));
    expect(
      await plan({
        placed: ['changed', 'there/new', 'new/er/a', 'new/er/b', 'mine'],
        removed: ['gone', 'not-there', 'link/gone', 'mine/deep/x'],
        aside: ['mine'],
      }),
    ).toEqual([
      { at: 'root/mine', old: 'before/mine' },
      { at: 'root/gone', old: 'before/gone' },
      { at: 'root/changed', old: 'before/changed', fresh: 'tree/changed' },
      { at: 'root/there/new', fresh: 'tree/there/new' },
      { at: 'root/new', folder: true },
      { at: 'root/new/er', folder: true },
      { at: 'root/new/er/a', fresh: 'tree/new/er/a' },
      { at: 'root/new/er/b', fresh: 'tree/new/er/b' },
      { at: 'root/mine', fresh: 'tree/mine' },
    ]);
  });

  it('a folder that made room is made again, and what only begins alike is not', async () => {
    await write('root/mine', 'root/mine2/x');
    expect(await plan({ placed: ['mine/a', 'mine2/a'], aside: ['mine'] })).toEqual([
      { at: 'root/mine', old: 'before/mine' },
      { at: 'root/mine', folder: true },
      { at: 'root/mine/a', fresh: 'tree/mine/a' },
      { at: 'root/mine2/a', fresh: 'tree/mine2/a' },
    ]);
  });

  it('each does what it says, keeping the old', async () => {
    await write('root/a', 'root/gone', 'tree/a', 'tree/d/new', 'root/folder/x');
    const changes = { placed: ['a', 'd/new'], removed: ['gone'], aside: ['folder'] };
    for (const step of await planSwap(places(), changes)) await take(step);
    const text = (path: string) => readFile(within(path), 'utf8');
    expect(await text('root/a')).toBe('tree/a');
    expect(await text('before/a')).toBe('root/a');
    expect(await text('before/gone')).toBe('root/gone');
    expect(await text('before/folder/x')).toBe('root/folder/x');
    expect((await readdir(within('root'), { recursive: true })).sort()).toEqual([
      'a',
      'd',
      'd/new',
    ]);
    expect((await readdir(within('tree'), { recursive: true })).sort()).toEqual(['d']);
  });

  it('folders that nothing is left in go, the innermost first', async () => {
    await write('kept/x');
    await mkdir(within('empty/er'), { recursive: true });
    await mkdir(within('kept/empty'), { recursive: true });
    await removeEmpty(folder, ['empty/er/a', 'kept/empty/b', 'kept/c']);
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(['kept', 'kept/x']);
  });
});
