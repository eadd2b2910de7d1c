import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identify, productRoot, run } from '../../base/system/index.ts';
import {
  carryOutSwap,
  copyConflicts,
  type Journal,
  prepareSwap,
  stateFolder,
} from './carry-out.ts';
import { lookAtUpgrade, type UpgradeSight } from './look.ts';
import { take } from './swap.ts';
import { makeTrial } from './trial.ts';

let folder: string;
let root: string;
const git = (...args: string[]) =>
  run(['git', '-C', root, '-c', 'user.name=Me', '-c', 'user.email=me@example.org', ...args]);

async function write(files: Readonly<Record<string, string>>, at = root) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(at, path)), { recursive: true });
    await writeFile(join(at, path), text);
  }
}

/** Everything in the folder but the store of git: what is where, and what git says of it. */
async function everything(): Promise<unknown> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(root.length + 1);
    if (/^\.git(\/|$)/.test(path)) continue;
    found[path] = entry.isDirectory()
      ? 'folder'
      : entry.isSymbolicLink()
        ? `-> ${await readlink(join(root, path))}`
        : await readFile(join(root, path), 'utf8');
  }
  const status = await git('status', '--porcelain', '--untracked-files=all');
  const head = await git('rev-parse', 'HEAD');
  return { found, status: status.stdout, head: head.stdout };
}

const OLD = {
  '.gitignore': '.anklume-upgrade/\n',
  'package.json': '{"version": "0.1.0"}\n',
  'package-lock.json': '{}\n',
  same: 'same\n',
  changed: 'old\n',
  edited: 'old\n',
  gone: 'old\n',
  'gone-edited': 'old\n',
  'folder/becomes-file/a': 'old\n',
  'file-becomes-folder': 'old\n',
  'kept-by-user': 'old\n',
  'linked/a': 'old\n',
  'empty-after/b/c': 'old\n',
};
const NEW = {
  'package.json': '{"version": "0.2.0"}\n',
  changed: 'new\n',
  edited: 'new\n',
  added: 'new\n',
  'deep/er/added': 'new\n',
  'folder/becomes-file': 'new\n',
  'file-becomes-folder/x': 'new\n',
  'users-folder': 'new: a file\n',
  'users-file/x': 'new\n',
  'linked/a': 'new\n',
  'infra.yml': 'new\n',
};
const GONE = [
  'gone',
  'gone-edited',
  'folder/becomes-file/a',
  'file-becomes-folder',
  'empty-after/b/c',
];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-swap-'));
  root = join(folder, 'product');
  await mkdir(root);
  await git('init', '--quiet', '-b', 'main');
  const undo = await readFile(join(productRoot(), 'scripts/undo-upgrade.mjs'), 'utf8');
  await write({ ...OLD, 'scripts/undo-upgrade.mjs': undo });
  await git('add', '-A');
  await git('commit', '--quiet', '-m', 'old');
  for (const path of GONE) await rm(join(root, path), { recursive: true });
  await rm(join(root, 'folder/becomes-file'), { recursive: true });
  await write(NEW);
  await git('add', '-A');
  await git('commit', '--quiet', '-m', 'new');
  await git('tag', 'v0.2.0');
  await git('reset', '--quiet', '--hard', 'HEAD~1');
  // What the user did since: edits, one of them staged, files and folders where the new version has something else.
  await write({
    edited: 'mine\n',
    'gone-edited': 'mine\n',
    'kept-by-user': 'mine\n',
    same: 'mine, staged\n',
    'users-folder/deep/data': 'mine\n',
    'users-file': 'mine\n',
    'infra.yml': 'mine\n',
    'elsewhere/a': 'beyond a link\n',
    'host_vars/web.yml': 'mine\n',
  });
  await git('add', 'same');
  await rm(join(root, 'linked'), { recursive: true });
  await symlink('elsewhere', join(root, 'linked'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const USERS = ['edited', 'gone-edited', 'infra.yml', 'linked', 'users-file', 'users-folder'];

async function prepared(): Promise<{ sight: UpgradeSight; journal: Journal }> {
  const sight = await lookAtUpgrade(root, '0.2.0');
  await mkdir(stateFolder(root));
  const trial = await makeTrial(sight, stateFolder(root));
  return { sight, journal: await prepareSwap(sight, trial, join(folder, 'copies')) };
}

describe('B07-03: an upgrade', () => {
  it('puts the new version in place, and has copied all that is the user’s where it makes room', async () => {
    const { sight, journal } = await prepared();
    expect(
      sight.plan.conflicts
        .map(({ path }) => path)
        .filter((path) => path !== 'linked/a')
        .sort(),
    ).toEqual(USERS);
    const backups = join(folder, 'copies');
    await copyConflicts(sight, backups);
    await carryOutSwap(journal);
    await rm(stateFolder(root), { recursive: true });
    const { found } = (await everything()) as { found: Record<string, string> };
    for (const [path, text] of Object.entries(NEW))
      expect([path, found[path]]).toEqual([path, path === 'infra.yml' ? 'mine\n' : text]);
    for (const path of ['gone', 'gone-edited', 'empty-after']) expect(found[path]).toBeUndefined();
    expect(found).toMatchObject({
      'kept-by-user': 'mine\n',
      same: 'mine, staged\n',
      'elsewhere/a': 'beyond a link\n',
      'host_vars/web.yml': 'mine\n',
    });
    const copy = (path: string) => readFile(join(backups, 'files', path), 'utf8');
    for (const path of [
      'edited',
      'gone-edited',
      'infra.yml',
      'users-file',
      'users-folder/deep/data',
    ])
      expect(await copy(path)).toBe('mine\n');
    expect(await readlink(join(backups, 'files/linked'))).toBe('elsewhere');
    const status = (await git('status', '--porcelain')).stdout.split('\n').sort();
    expect(status).toEqual([
      ' M infra.yml',
      ' M kept-by-user',
      '?? elsewhere/',
      '?? host_vars/',
      'M  same',
    ]);
  }, 60_000);

  it('that fails at any step, or is killed there, is undone to the last byte', async () => {
    const before = await everything();
    // Everything is taken but the last step, which finds a lock of somebody else's.
    const lock = join(root, '.git/index.lock');
    const { journal } = await prepared();
    await writeFile(lock, 'held by another');
    await expect(carryOutSwap(journal)).rejects.toThrow();
    expect(await readFile(lock, 'utf8')).toBe('held by another');
    await rm(lock);
    expect(await everything()).toEqual(before);

    const state = stateFolder(root);
    const again = await prepared();
    const killed = { ...again.journal, process: { pid: 1, started: 'another boot' } };
    await writeFile(join(state, 'journal'), JSON.stringify(killed));
    const saved = join(folder, 'state');
    await cp(state, saved, { recursive: true });
    for (let done = 0; done <= journal.steps.length + 3; done += 1) {
      await cp(saved, state, { recursive: true });
      for (const step of journal.steps.slice(0, done)) await take(step);
      const [index, fresh] = [join(root, '.git/index'), await readFile(join(state, 'index.new'))];
      const beyond = done - journal.steps.length;
      if (beyond === 1) await writeFile(lock, fresh.subarray(0, fresh.length / 2));
      if (beyond > 1) await writeFile(index, fresh);
      if (beyond > 2) await git('update-ref', 'HEAD', again.journal.to);
      await run([process.execPath, join(state, 'undo.mjs')]);
      expect({ done, ...((await everything()) as object) }).toEqual({
        done,
        ...(before as object),
      });
    }
  }, 120_000);

  it('is left alone while it is going on', async () => {
    const { journal } = await prepared();
    expect(journal.process).toEqual(await identify(process.pid));
    await writeFile(join(stateFolder(root), 'journal'), JSON.stringify(journal));
    const undone = await run([process.execPath, join(stateFolder(root), 'undo.mjs')], {
      accept: [1],
    });
    expect(undone.stderr).toContain(`process ${process.pid}`);
    expect(await readdir(stateFolder(root))).toContain('journal');
  }, 60_000);
});
