import { copyFile, lstat, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import {
  identify,
  isThere,
  makeFolders,
  type ProcessIdentity,
  run,
  writeAtomic,
} from '../../base/system/index.ts';
import { ask, git, gitAside } from './git.ts';
import type { UpgradeSight } from './look.ts';
import { entriesOf } from './next-commit.ts';
import { planSwap, removeEmpty, type Step, take } from './swap.ts';
import type { Trial } from './trial.ts';

/** A folder of its own in the product's folder: on the same disk, so that files change places in one step. */
export function stateFolder(root: string): string {
  return join(root, '.anklume-upgrade');
}

/** Copies what the user edited and the new version replaces or passes over, before anything else is done. */
export async function copyConflicts(sight: UpgradeSight, backups: string): Promise<void> {
  const { root, from, plan } = sight;
  if (plan.conflicts.length === 0) return;
  await makeFolders(backups, 0o700);
  await writeFile(join(backups, 'FROM'), `${from}\n`);
  for (const { path } of plan.conflicts) {
    const to = join(backups, 'files', path);
    if (!(await lstat(join(root, path)).catch(() => undefined))) continue;
    await makeFolders(dirname(to));
    await run(['cp', '--archive', '--no-target-directory', '--', join(root, path), to]);
  }
}

/** All that is needed to put a version in place, and to undo it at any point. */
export interface Journal {
  readonly root: string;
  readonly gitFolder: string;
  /** Commits. */
  readonly from: string;
  readonly to: string;
  readonly steps: readonly Step[];
  /** Who is at work on it: another may undo it only when that one is gone. */
  readonly process: ProcessIdentity | undefined;
  /** Where copies of what the user edited are. */
  readonly copies?: string;
}

/** Works out the steps, and lays the way back beside them. Touches nothing of the product. */
export async function prepareSwap(
  sight: UpgradeSight,
  trial: Trial,
  backups: string,
): Promise<Journal> {
  const { root, from, placed, removed, plan } = sight;
  const state = stateFolder(root);
  const gitFolder = (await git(root, 'rev-parse', '--absolute-git-dir')).trim();
  const yours = plan.conflicts.flatMap((one) => (one.stays === 'yours' ? one.path : []));
  const isOurs = (path: string) => !yours.some((one) => path === one || path.startsWith(`${one}/`));
  const places = { root, tree: trial.tree, before: join(state, 'before') };
  const steps = await planSwap(places, {
    placed: placed.filter(isOurs),
    removed: removed.filter(isOurs),
    aside: sight.aside.filter(isOurs),
  });
  const built = [...(trial.newModules ? ['node_modules'] : []), 'dist'];
  for (const name of built)
    if (await isThere(join(trial.root, name))) steps.push(await builtStep(places, trial, name));
  await makeIndex(sight, gitFolder, state);
  await copyFile(join(root, 'scripts/undo-upgrade.mjs'), join(state, 'undo.mjs'));
  return {
    root,
    gitFolder,
    from,
    to: trial.next.commit,
    steps,
    process: await identify(process.pid),
    ...(plan.conflicts.length > 0 && { copies: join(backups, 'files') }),
  };
}

/** Takes the steps. One that fails undoes all of them, and those of a killed run are undone at the next start. */
export async function carryOutSwap(journal: Journal): Promise<void> {
  const { root, gitFolder, from, to, steps } = journal;
  const state = stateFolder(root);
  const [index, lock] = [join(gitFolder, 'index'), join(gitFolder, 'index.lock')];
  await writeAtomic(join(state, 'journal'), JSON.stringify(journal));
  try {
    for (const step of steps) await take(step);
    await writeFile(lock, await readFile(join(state, 'index.new')), { flag: 'wx' });
    await rename(lock, index);
    await git(root, 'update-ref', '-m', 'anklume upgrade', 'HEAD', to, from);
    await rm(join(state, 'journal'));
  } catch (error) {
    await run([process.execPath, join(state, 'undo.mjs'), '--mine']);
    throw error;
  }
  const gone = steps.flatMap((step) => ('folder' in step ? [] : [relative(root, step.at)]));
  await removeEmpty(root, gone);
  // Times and sizes of the new files, which git would otherwise look up again each time.
  await ask(root, 'update-index', '-q', '--refresh');
}

/** What was built or fetched for the trial needs not be made once more. */
async function builtStep(
  { root, before }: { readonly root: string; readonly before: string },
  trial: Trial,
  name: string,
) {
  const [at, fresh] = [join(root, name), join(trial.root, name)];
  return (await isThere(at)) ? { at, old: join(before, name), fresh } : { at, fresh };
}

/** The user's own list of what git follows, as it is and as it will be: what he has staged elsewhere stays staged. */
async function makeIndex(sight: UpgradeSight, gitFolder: string, state: string): Promise<void> {
  const [before, after] = [join(state, 'index'), join(state, 'index.new')];
  await copyFile(join(gitFolder, 'index'), before);
  await copyFile(before, after);
  const entries = await entriesOf(sight);
  await gitAside(sight.root, after, ['update-index', '-z', '--index-info'], entries);
}
