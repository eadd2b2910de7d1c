import { access, cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, read, Upstream, usersOf, write } from '../integration/upgrade/clones.ts';
import { killsOf, SEED } from './form.ts';
import { seeded } from './seeded.ts';
import { Tally } from './tally.ts';

const KILLS = killsOf('ANKLUME_FAULT_UPGRADE_KILLS', 4, 30);
const CHANGED = 'docs/quickstart.md';
const FOLDER = 'docs/hints';

describe(`an upgrade killed with SIGKILL at ${KILLS} moments (seed ${SEED})`, () => {
  const tally = new Tally();
  const random = seeded(SEED);
  let upstream: Upstream;
  let base: string;
  let duration = 0;

  /** A clone with a project, edits and files of its own in places that the new version fills. */
  async function fresh(name: string): Promise<string> {
    const root = join(upstream.folder, name);
    await cp(base, root, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    return root;
  }

  const everything = async (root: string) => ({
    users: await usersOf(root),
    kept: await read(root, 'docs/apply.md'),
  });

  beforeAll(async () => {
    upstream = await Upstream.make();
    base = await upstream.clone('base');
    await upstream.furnish(base);
    await write(base, CHANGED, '# Mine\n');
    await write(base, `${FOLDER}/deep/mine.txt`, 'mine\n');
    await write(base, 'docs/apply.md', '# Mine as well\n');
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`docs/new/${n}.md`, `# ${n}\n`]),
    );
    await upstream.release('0.2.0', { ...files, [CHANGED]: '# New\n', [FOLDER]: 'a file\n' });
    const root = await fresh('alone');
    const start = performance.now();
    const { code, stderr } = await upstream.anklume(root, ['upgrade', '--yes']);
    expect(code, stderr).toBe(0);
    duration = performance.now() - start;
  }, 600_000);

  afterAll(async () => {
    console.log(tally.table(SEED));
    await upstream[Symbol.asyncDispose]();
  });

  it.each(Array.from({ length: KILLS }, (_, index) => index))(
    'B07-03: kill %i: what is the user’s is there, and the next upgrade ends it',
    async (index) => {
      const root = await fresh(`killed-${index}`);
      const before = await everything(root);
      const killer = new AbortController();
      const running = upstream.anklume(root, ['upgrade', '--yes'], killer.signal);
      // Half of them while files change places, which is a hundredth of the whole.
      const inSwap = index % 2 === 0;
      const moment = Math.round(random() * (inSwap ? 60 : duration));
      const where = inSwap ? `${moment} ms into the swap` : `after ${moment} ms`;
      if (inSwap) await until(join(root, '.anklume-upgrade/journal'), running);
      await sleep(moment);
      killer.abort();
      await running;
      const converged = tally.killed('upgrade', inSwap ? 'swapping' : 'anywhere');

      const next = await upstream.anklume(root, ['upgrade', '--yes', '--json']);
      expect(next.code, `killed ${where}:\n${next.stderr}`).toBe(0);
      expect(await everything(root), where).toEqual(before);
      const head = await git(root, 'rev-parse', 'HEAD');
      expect(head, where).toBe(await git(upstream.root, 'rev-parse', 'HEAD'));
      expect(await read(root, CHANGED)).toBe('# New\n');
      expect(await read(root, FOLDER)).toBe('a file\n');
      expect(await git(root, 'status', '--porcelain', '--untracked-files=no'), where).toBe(
        'M docs/apply.md',
      );
      expect(await readdir(root), where).not.toContain('.anklume-upgrade');
      expect(await copies(upstream.folder, CHANGED), where).toContain('# Mine\n');
      expect(await copies(upstream.folder, `${FOLDER}/deep/mine.txt`), where).toContain('mine\n');
      const version = await upstream.anklume(root, ['--version']);
      expect([version.code, version.stdout.trim()]).toEqual([0, '0.2.0']);
      converged();
    },
  );
});

/** Waits for a file, or for the end of the run that was to make it. */
async function until(path: string, running: Promise<unknown>): Promise<void> {
  let ended = false;
  void running.then(() => {
    ended = true;
  });
  while (!ended) {
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return;
    await sleep(1);
  }
}

/** What lies in the folders of copies under a name. */
async function copies(folder: string, path: string): Promise<string[]> {
  const upgrades = join(folder, 'home/upgrades');
  const found: string[] = [];
  for (const name of await readdir(upgrades)) {
    const text = await readFile(join(upgrades, name, 'files', path), 'utf8').catch(() => undefined);
    if (text !== undefined) found.push(text);
  }
  return found;
}
