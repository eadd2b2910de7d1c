import { spawn } from 'node:child_process';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productRoot, run } from '../../../src/system/index.ts';
import type { Outcome } from '../support.ts';

const me = ['-c', 'user.name=Me', '-c', 'user.email=me@example.org'];
let folder: string;
let upstream: string;
const git = async (root: string, ...args: string[]) =>
  (await run(['git', '-C', root, ...me, ...args])).stdout.trim();
const at = (root: string, path: string) => join(root, path);
const read = (root: string, path: string) => readFile(at(root, path), 'utf8');
async function write(root: string, path: string, text: string) {
  await mkdir(dirname(at(root, path)), { recursive: true });
  await writeFile(at(root, path), text);
}
async function commit(root: string, message: string) {
  await git(root, 'add', '-A');
  await git(root, 'commit', '--quiet', '-m', message);
}

/** Runs the `anklume` of a clone, not the one under test elsewhere. */
function anklume(root: string, args: readonly string[], cwd = root): Promise<Outcome> {
  const child = spawn(join(root, 'anklume'), args, {
    cwd,
    env: { ...process.env, ANKLUME_LANG: 'en', NO_COLOR: '1', ANKLUME_HOME: join(folder, 'home') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...output }));
  });
}

/** A user's clone of the product, with dependencies beside it that no npm has to install. */
async function clone(name: string): Promise<string> {
  const root = join(folder, name);
  await run(['git', 'clone', '--quiet', upstream, root]);
  const modules = join(productRoot(), 'node_modules');
  await mkdir(join(root, 'node_modules'));
  for (const one of await readdir(modules))
    await symlink(join(modules, one), join(root, 'node_modules', one)).catch(() => {});
  await rm(join(root, 'node_modules/.anklume-stamp'), { force: true });
  await writeFile(join(root, 'node_modules/.anklume-stamp'), '');
  return root;
}

/** What a user has in the clone: a project with its tree, a role of his own. */
async function furnish(root: string) {
  await write(root, 'infra.yml', 'project_name: mine\ndomains: {pro: {machines: {web: {}}}}\n');
  await write(root, 'roles_custom/base_system/tasks/main.yml', '- debug: {msg: mine}\n');
  const sync = await anklume(root, ['sync']);
  expect(sync.code, sync.stderr).toBe(0);
}

const USERS = ['infra.yml', 'roles_custom/base_system/tasks/main.yml', 'group_vars/all.yml'];
const usersOf = (root: string) => Promise.all(USERS.map((path) => read(root, path)));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-upgrade-'));
  upstream = join(folder, 'upstream');
  await run(['git', 'init', '--quiet', '-b', 'main', upstream]);
  const files = (await git(productRoot(), 'ls-files', '-z', '-co', '--exclude-standard')).split(
    '\0',
  );
  for (const path of files.filter((one) => one !== '' && !/^(tests|bench)\//.test(one))) {
    await mkdir(dirname(at(upstream, path)), { recursive: true });
    await copyFile(at(productRoot(), path), at(upstream, path));
  }
  await commit(upstream, 'first');
  await git(upstream, 'tag', 'v0.1.0');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The next version: another number, two changed files and a new one. */
async function release() {
  const manifest = await read(upstream, 'package.json');
  await write(upstream, 'package.json', manifest.replace(/"version": ".*"/, '"version": "0.2.0"'));
  await write(upstream, 'docs/quickstart.md', '# New words\n');
  await write(upstream, 'src/upgrade/README.md', '# upgrade, new\n');
  await write(upstream, 'docs/news.md', '# News\n');
  await commit(upstream, 'second');
  await git(upstream, 'tag', 'v0.2.0');
}

describe('P16-23: an upgrade', () => {
  let edits: string;
  let commits: string;

  beforeAll(async () => {
    edits = await clone('edits');
    await furnish(edits);
    commits = await clone('commits');
    await furnish(commits);
    await write(commits, 'docs/quickstart.md', '# Mine, committed\n');
    await write(commits, 'docs/apply.md', '# Mine too\n');
    await commit(commits, 'my own');
    await release();
  });

  it('shows what it would do, and with nobody to ask replaces nothing', async () => {
    await write(edits, 'docs/quickstart.md', '# Mine\n');
    await write(edits, 'docs/apply.md', '# Mine as well\n');
    await write(edits, 'docs/news.md', '# My news\n');
    const head = await git(edits, 'rev-parse', 'HEAD');
    const dry = await anklume(edits, ['upgrade', '--dry-run']);
    expect(dry.code, dry.stderr).toBe(0);
    expect(dry.stdout).toMatch(/0\.1\.0 → 0\.2\.0/);
    const asked = await anklume(edits, ['upgrade']);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('docs/quickstart.md');
    expect(await git(edits, 'rev-parse', 'HEAD')).toBe(head);
    expect(await read(edits, 'docs/quickstart.md')).toBe('# Mine\n');
  });

  // Matrix: DD-202
  it('P16-25 P16-26: keeps what is the user’s, tells and copies what both changed, and validates', async () => {
    const before = await usersOf(edits);
    const upgrade = await anklume(edits, ['upgrade', '--yes', '--json']);
    expect(upgrade.code, upgrade.stderr).toBe(0);
    const told = JSON.parse(upgrade.stdout);
    expect(told).toMatchObject({
      done: true,
      fromVersion: '0.1.0',
      toVersion: '0.2.0',
      validation: { version: '0.2.0', project: true },
      plan: {
        conflicts: [
          { path: 'docs/news.md', stays: 'new' },
          { path: 'docs/quickstart.md', stays: 'new' },
        ],
        kept: ['docs/apply.md'],
      },
    });
    expect(await git(edits, 'rev-parse', 'HEAD')).toBe(await git(upstream, 'rev-parse', 'HEAD'));
    expect(await read(edits, 'docs/quickstart.md')).toBe('# New words\n');
    expect(await read(edits, 'docs/news.md')).toBe('# News\n');
    expect(await read(edits, 'docs/apply.md')).toBe('# Mine as well\n');
    expect(await read(told.backups, 'docs/quickstart.md')).toBe('# Mine\n');
    expect(await read(told.backups, 'docs/news.md')).toBe('# My news\n');
    expect(await usersOf(edits)).toEqual(before);
    // The marker of the tree is the old one, and is told until the next sync.
    expect(told.problems).toMatchObject([{ code: 'tree-older' }]);
    const sync = await anklume(edits, ['sync']);
    expect(sync.stderr).toContain('brought up to 0.2.0');
    expect((await anklume(edits, ['sync'])).stderr).not.toContain('tree-older');
    const again = await anklume(edits, ['upgrade']);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('newest')]);
  });

  it('joins commits of the user’s with the new version', async () => {
    const before = await usersOf(commits);
    const upgrade = await anklume(commits, ['upgrade', '--to', '0.2.0', '--yes', '--json']);
    expect(upgrade.code, upgrade.stderr).toBe(0);
    const { plan, backups } = JSON.parse(upgrade.stdout);
    expect(plan.conflicts).toEqual([{ path: 'docs/quickstart.md', stays: 'new' }]);
    expect(await read(commits, 'docs/quickstart.md')).toBe('# New words\n');
    expect(await read(commits, 'docs/apply.md')).toBe('# Mine too\n');
    expect(await read(backups, 'docs/quickstart.md')).toBe('# Mine, committed\n');
    expect(await usersOf(commits)).toEqual(before);
    expect(await git(commits, 'log', '--format=%s', '-1')).toBe('Upgrade to anklume 0.2.0');
    expect(await git(commits, 'status', '--porcelain', '--untracked-files=no')).toBe('');
  });

  it('P16-26: an older program is stopped by a tree of a newer line, and told of at upgrade', async () => {
    const old = await clone('old');
    await git(old, 'reset', '--quiet', '--hard', 'v0.1.0');
    await furnish(old);
    const file = 'group_vars/all.yml';
    await write(old, file, (await read(old, file)).replace('"0.1.0"', '"0.9.0"'));
    const written = await read(old, file);
    for (const words of [['sync'], ['plan', '--socket', '/nowhere']]) {
      const stopped = await anklume(old, words);
      expect([words, stopped.code]).toEqual([words, 2]);
      expect(stopped.stderr).toContain('written by anklume 0.9.0');
      expect(stopped.stderr).toContain('anklume upgrade');
    }
    expect(await read(old, file)).toBe(written);
    const dry = await anklume(old, ['upgrade', '--dry-run']);
    expect(dry.stderr).toContain('tree-newer');
  });

  it('says what it cannot do', async () => {
    const unknown = await anklume(commits, ['upgrade', '--to', '--upload-pack=x']);
    expect(unknown.code).toBe(2);
    const older = await anklume(commits, ['upgrade', '--to', 'v0.1.0']);
    expect([older.code, older.stderr]).toEqual([2, expect.stringContaining('older')]);
    await rm(join(commits, '.git'), { recursive: true });
    const none = await anklume(commits, ['upgrade']);
    expect([none.code, none.stderr]).toEqual([4, expect.stringContaining('not a clone')]);
  });
});
