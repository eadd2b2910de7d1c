import { join } from 'node:path';
import { git, gitAside } from './git.ts';
import type { UpgradeSight } from './look.ts';

/** The commit that the product's folder is to be at, and a list of what it follows. */
export interface NextCommit {
  readonly commit: string;
  /** A git index of exactly that commit. */
  readonly index: string;
}

/** The commit is the tool's, also where nobody has told git a name. */
const identity = ['-c', 'user.name=anklume', '-c', 'user.email=anklume@localhost'];

/**
 * Makes it in git's own store, where nobody sees it yet. With commits of the user's it joins both: what the new version
 * changes is the new version's, and what only the user changed is the user's.
 */
export async function nextCommit(sight: UpgradeSight, folder: string): Promise<NextCommit> {
  const { root, from, to, ownCommits, toVersion } = sight;
  const index = join(folder, 'next.index');
  await gitAside(root, index, ['read-tree', ownCommits ? from : to]);
  if (!ownCommits) return { commit: to, index };
  await gitAside(root, index, ['update-index', '-z', '--index-info'], await entriesOf(sight));
  const tree = (await gitAside(root, index, ['write-tree'])).trim();
  const message = `Upgrade to anklume ${toVersion}`;
  const made = ['commit-tree', tree, '-p', from, '-p', to, '-m', message];
  return { commit: (await git(root, ...identity, ...made)).trim(), index };
}

/** What the new version changes, as `update-index` takes it: removals first, so that a file can become a folder. */
export async function entriesOf({ root, to, placed, removed }: UpgradeSight): Promise<string> {
  const wanted = new Set(placed);
  const entries = (await git(root, 'ls-tree', '-r', '-z', to))
    .split('\0')
    .filter((entry) => wanted.has(entry.slice(entry.indexOf('\t') + 1)));
  const gone = removed.map((path) => `0 ${'0'.repeat(40)}\t${path}`);
  return [...gone, ...entries].map((entry) => `${entry}\0`).join('');
}
