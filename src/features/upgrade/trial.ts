import { cp, lstat, mkdir, readFile, rm, symlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolders } from '../../base/system/index.ts';
import { gitAside } from './git.ts';
import type { UpgradeSight } from './look.ts';
import { type NextCommit, nextCommit } from './next-commit.ts';

/** The new version beside the old one. */
export interface Trial {
  readonly next: NextCommit;
  /** A whole copy that can be started: with the user's own changes, where the new version has none. */
  readonly root: string;
  /** The files that will be put into the product's folder. */
  readonly tree: string;
  /** The dependencies are others than before, and are fetched for the copy. */
  readonly newModules: boolean;
}

/** Makes it in `state`, a folder of the upgrade's own in the product's folder. Nothing else is touched. */
export async function makeTrial(sight: UpgradeSight, state: string): Promise<Trial> {
  const { root } = sight;
  const next = await nextCommit(sight, state);
  const trial = { next, root: join(state, 'trial'), tree: join(state, 'tree') };
  await checkOut(root, next, ['--all'], trial.root);
  const placed = sight.placed.map((path) => `${path}\0`).join('');
  await checkOut(root, next, ['-z', '--stdin'], trial.tree, placed);
  for (const path of sight.plan.kept) await overlay(root, trial.root, path);
  const newModules = !(await sameDependencies(root, trial.root));
  if (!newModules) await borrowModules(root, trial.root);
  return { ...trial, newModules };
}

async function checkOut(
  root: string,
  { index }: NextCommit,
  which: readonly string[],
  to: string,
  input = '',
): Promise<void> {
  await mkdir(to);
  await gitAside(root, index, ['checkout-index', '--force', `--prefix=${to}/`, ...which], input);
}

/** A change of the user's that stays: a file, a link, or nothing at all. */
async function overlay(root: string, trial: string, path: string): Promise<void> {
  const [own, there] = [join(root, path), join(trial, path)];
  await rm(there, { recursive: true, force: true });
  const facts = await lstat(own).catch(() => undefined);
  if (!facts?.isFile() && !facts?.isSymbolicLink()) return;
  await makeFolders(dirname(there));
  await cp(own, there, { verbatimSymlinks: true });
}

async function sameDependencies(root: string, trial: string): Promise<boolean> {
  const [old, fresh] = await Promise.all(
    [root, trial].map((folder) =>
      readFile(join(folder, 'package-lock.json')).catch(() => undefined),
    ),
  );
  const installed = await lstat(join(root, INSTALLED)).catch(() => undefined);
  return installed !== undefined && old !== undefined && fresh?.equals(old) === true;
}

/** What npm writes at the end of an installation. */
const INSTALLED = 'node_modules/.package-lock.json';

/** The launcher fetches dependencies that are older than the list of them; these are what the list says. */
async function borrowModules(root: string, trial: string): Promise<void> {
  await symlink(join(root, 'node_modules'), join(trial, 'node_modules'));
  await utimes(join(trial, 'package-lock.json'), new Date(0), new Date(0));
}
