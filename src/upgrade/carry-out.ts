import { copyFile, lstat, mkdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ask, git, holds } from './git.ts';
import type { UpgradeSight } from './look.ts';

/**
 * Brings the product's folder to the new version. Edited files that the new version changes too are copied into
 * `backups` first, and so is the name of the commit before. Only what the plan names is touched.
 */
export async function carryOutUpgrade(sight: UpgradeSight, backups: string): Promise<void> {
  const { root, from, to, ownCommits, untracked } = sight;
  const conflicts = sight.plan.conflicts.map(({ path }) => path);
  if (conflicts.length > 0) {
    await mkdir(backups, { recursive: true, mode: 0o700 });
    await writeFile(join(backups, 'FROM'), `${from}\n`);
    for (const path of conflicts) await copy(join(root, path), join(backups, 'files', path));
    const followed = conflicts.filter((path) => !untracked.includes(path));
    await setBack(root, followed);
  }
  for (const path of untracked) await rm(join(root, path), { recursive: true, force: true });
  if (ownCommits) await merge(sight, conflicts);
  else await git(root, 'merge', '--quiet', '--ff-only', to);
  for (const { path, stays } of sight.plan.conflicts)
    if (stays === 'yours') await putBack(join(backups, 'files', path), join(root, path));
}

/** Changes that are not committed would stop git. */
async function setBack(root: string, files: readonly string[]): Promise<void> {
  await git(root, 'reset', '--quiet');
  for (const path of files) {
    if (await holds(root, 'HEAD', path)) await git(root, 'checkout', '--quiet', 'HEAD', '--', path);
    else await rm(join(root, path), { force: true });
  }
}

/** With commits of the user's: a commit that joins both, in which the new version wins where both changed a file. */
async function merge({ root, to, toVersion }: UpgradeSight, conflicts: readonly string[]) {
  const merged = ['merge', '--quiet', '--no-commit', '--no-ff', '-X', 'theirs', to];
  // A no says that git left conflicts, which are settled below.
  await ask(root, ...identity, ...merged);
  for (const path of conflicts) {
    if (await holds(root, to, path)) await git(root, 'checkout', '--quiet', to, '--', path);
    else await git(root, 'rm', '--quiet', '--force', '--ignore-unmatch', '--', path);
  }
  const message = `Upgrade to anklume ${toVersion}`;
  await git(root, ...identity, 'commit', '--quiet', '--no-verify', '-m', message);
}

/** The commit is the tool's, also where nobody has told git a name. */
const identity = ['-c', 'user.name=anklume', '-c', 'user.email=anklume@localhost'];

async function copy(from: string, to: string): Promise<void> {
  const facts = await lstat(from).catch(() => undefined);
  if (!facts) return;
  await mkdir(dirname(to), { recursive: true });
  if (facts.isSymbolicLink()) await symlink(await readlink(from), to);
  else if (facts.isFile()) await copyFile(from, to);
}

async function putBack(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  await copy(from, to);
}
