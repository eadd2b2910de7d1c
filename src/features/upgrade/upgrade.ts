import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AnklumeError } from '../../base/messages/index.ts';
import { acquireLock, isThere } from '../../base/system/index.ts';
import { carryOutSwap, copyConflicts, prepareSwap, stateFolder } from './carry-out.ts';
import type { UpgradeSight } from './look.ts';
import { makeTrial } from './trial.ts';
import { type Validation, validateUpgrade } from './validate.ts';

export interface UpgradeOptions {
  /** Where the user's versions of files go that are replaced. */
  readonly backups: string;
  /** The project to try the new version on. */
  readonly project?: string | undefined;
  readonly onLine: (untrustedLine: string) => void;
}

export interface Upgraded {
  readonly validation: Validation;
  /** False where the new version does not work: then nothing was changed. */
  readonly done: boolean;
}

/**
 * Makes the new version beside the old one, builds it, starts it and shows it the project. Only one that works takes
 * the place of the old one, and that in steps which are undone when one of them fails or the run is killed.
 */
export async function upgrade(sight: UpgradeSight, options: UpgradeOptions): Promise<Upgraded> {
  const { root } = sight;
  await using _lock = await acquireLock(`upgrade:${root}`, { command: 'upgrade' });
  const state = stateFolder(root);
  await remove(state);
  await mkdir(state, { mode: 0o700 });
  try {
    await copyConflicts(sight, options.backups);
    const trial = await makeTrial(sight, state);
    const validation = await validateUpgrade(trial.root, root, options.project, options.onLine);
    const done = isGood(validation);
    if (done) await carryOutSwap(await prepareSwap(sight, trial, options.backups));
    return { validation, done };
  } finally {
    // While the journal is there, what lies beside it is the only way back.
    if (!(await isThere(join(state, 'journal')))) await remove(state);
  }
}

/** Removes what a run left that was killed before it began, or when it was done. What one is at work on stays. */
export async function clearUpgrade(root: string): Promise<void> {
  if (!(await isThere(stateFolder(root)))) return;
  try {
    await using _lock = await acquireLock(`upgrade:${root}`, { command: 'upgrade' });
    if (!(await isThere(join(stateFolder(root), 'journal')))) await remove(stateFolder(root));
  } catch (error) {
    if (!(error instanceof AnklumeError && error.code === 'locked')) throw error;
  }
}

/** What a killed run had started may still write there for a moment. */
function remove(state: string): Promise<void> {
  return rm(state, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
}

/** A project that the old version refuses too says nothing about the new one. */
function isGood({ version, project, projectBefore }: Validation): boolean {
  return version !== undefined && (project !== false || projectBefore === false);
}
