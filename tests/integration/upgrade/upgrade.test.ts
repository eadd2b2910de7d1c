import { lstat, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commit, git, read, Upstream, usersOf, write } from './clones.ts';

let upstream: Upstream;
const anklume = (root: string, args: readonly string[]) => upstream.anklume(root, args);

beforeAll(async () => {
  upstream = await Upstream.make();
});
afterAll(() => upstream[Symbol.asyncDispose]());

/** The next version: another number, two changed files and a new one. */
const release = () =>
  upstream.release('0.2.0', {
    'docs/quickstart.md': '# New words\n',
    'src/features/upgrade/README.md': '# upgrade, new\n',
    'docs/news.md': '# News\n',
  });

describe('P16-23: an upgrade', () => {
  let edits: string;
  let commits: string;

  beforeAll(async () => {
    edits = await upstream.clone('edits');
    await upstream.furnish(edits);
    commits = await upstream.clone('commits');
    await upstream.furnish(commits);
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
    expect(await git(edits, 'rev-parse', 'HEAD')).toBe(
      await git(upstream.root, 'rev-parse', 'HEAD'),
    );
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
    const old = await upstream.clone('old');
    await git(old, 'reset', '--quiet', '--hard', 'v0.1.0');
    await upstream.furnish(old);
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

  it('B07-03: one that does not work changes nothing, and one that does takes what is in its way aside', async () => {
    const root = await upstream.clone('careful');
    await git(root, 'reset', '--quiet', '--hard', 'v0.2.0');
    await upstream.furnish(root);
    await write(root, 'docs/quickstart.md', '# Mine\n');
    await write(root, 'docs/hints/deep/mine.txt', 'mine\n');
    await write(root, 'docs/more', 'mine\n');
    await write(root, 'docs/apply.md', '# Mine, staged\n');
    await git(root, 'add', 'docs/apply.md');
    await symlink('/etc', join(root, 'docs/links'));
    const good = await read(upstream.root, 'src/cli/start.ts');
    await upstream.release('0.3.0', {
      'src/cli/start.ts': 'this is no program (',
      'docs/quickstart.md': '# Newest\n',
      'docs/hints': 'a file now\n',
      'docs/more/a.md': 'a folder now\n',
      'docs/links/passwd': 'never written through a link\n',
      'infra.yml': 'project_name: theirs\n',
    });
    const state = async () => ({
      status: await git(root, 'status', '--porcelain', '--untracked-files=all'),
      diff: await git(root, 'diff', 'HEAD'),
      head: await git(root, 'rev-parse', 'HEAD'),
      files: await readdir(join(root, 'docs'), { recursive: true }),
      users: await usersOf(root),
      program: (await lstat(join(root, 'dist/main.js'))).mtimeMs,
    });
    const before = await state();
    const bad = await anklume(root, ['upgrade', '--yes', '--json']);
    expect([bad.code, JSON.parse(bad.stdout)]).toMatchObject([1, { done: false }]);
    expect(await state()).toEqual(before);
    await writeFile(join(root, '.git/index.lock'), '');
    const held = await anklume(root, ['upgrade', '--yes']);
    expect([held.code, held.stderr]).toEqual([2, expect.stringContaining('index.lock')]);
    await rm(join(root, '.git/index.lock'));
    expect(await state()).toEqual(before);

    await upstream.release('0.4.0', { 'src/cli/start.ts': good });
    const upgrade = await anklume(root, ['upgrade', '--yes', '--json']);
    expect(upgrade.code, upgrade.stderr).toBe(0);
    const { backups, plan } = JSON.parse(upgrade.stdout);
    expect(plan.conflicts).toEqual(
      expect.arrayContaining([
        { path: 'docs/hints', stays: 'new' },
        { path: 'docs/more', stays: 'new' },
        { path: 'docs/links', stays: 'new' },
        { path: 'infra.yml', stays: 'yours' },
      ]),
    );
    expect(await read(root, 'docs/hints')).toBe('a file now\n');
    expect(await read(root, 'docs/more/a.md')).toBe('a folder now\n');
    expect((await lstat(join(root, 'docs/links'))).isDirectory()).toBe(true);
    expect(await read(backups, 'docs/hints/deep/mine.txt')).toBe('mine\n');
    expect(await read(backups, 'docs/more')).toBe('mine\n');
    expect(await read(backups, 'docs/quickstart.md')).toBe('# Mine\n');
    expect(await usersOf(root)).toEqual(before.users);
    const status = await git(root, 'status', '--porcelain', '--untracked-files=no');
    expect(status.split('\n').sort()).toEqual([' M infra.yml', 'M  docs/apply.md']);
    expect(await readFile('/etc/passwd', 'utf8')).not.toContain('never written');
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
