import { createHash } from 'node:crypto';
import { lstat, realpath, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { AnklumeError, errorsOf, type Problem } from '../../base/messages/index.ts';
import { removeInterrupted, type Staged, stageFile } from '../../base/system/index.ts';
import type { Infra } from '../infra/index.ts';
import {
  asideWarning,
  isForeign,
  keepFile,
  moveFolder,
  type PutAside,
  planAside,
} from './another-project.ts';
import { type FileOnDisk, lookAt } from './file-access.ts';
import { type Frame, TREE_FOLDERS, type TreeFile, treePath } from './layout.ts';
import { placeSection } from './managed-section.ts';
import { findOrphans, type OrphanFile } from './orphans.ts';
import { renderTree } from './render.ts';
import {
  brokenMarkers,
  changedMeanwhile,
  editWarning,
  refused,
  sharedFile,
  writeFailed,
} from './sync-problems.ts';
import { versionIn, versionProblem } from './version.ts';

/** Says which version wrote the tree. */
const GLOBAL_FILE = treePath('group_vars', 'all');

/** Files open at the same time: enough to keep a disk busy, far below any limit on open files. */
const AT_ONCE = 32;

/** One file to create or replace, and what it held when the plan was made. */
export interface PlannedWrite {
  readonly path: string;
  /** YAML to stand between the markers. */
  readonly content: string;
  readonly frame?: Frame;
  /** SHA-256 of the file the plan looked at; null when there was none. */
  readonly expected: string | null;
  /** What stands there is somebody else's and goes aside: nothing of it stays in the file. */
  readonly foreign?: boolean;
}

/** What a sync would do, as plain JSON. Paths are relative to the root. */
export interface SyncPlan {
  readonly root: string;
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly unchanged: readonly string[];
  /** Files whose managed section somebody changed by hand; each is told in a warning. */
  readonly edited: readonly string[];
  readonly orphans: readonly OrphanFile[];
  /** Parts of another Ansible project, kept under another name; each is told in a warning. */
  readonly aside: readonly PutAside[];
  readonly problems: readonly Problem[];
  readonly writes: readonly PlannedWrite[];
}

/** Compares the tree on disk with what `infra` declares. Writes nothing. */
export function planSync(infra: Infra, root: string): Promise<SyncPlan> {
  return planFiles(renderTree(infra), root);
}

/** The same for files that are rendered already. */
export async function planFiles(files: readonly TreeFile[], root: string): Promise<SyncPlan> {
  const limit = pLimit(AT_ONCE);
  const [states, orphans] = await Promise.all([
    limit.map(files, (file) => compare(root, file)),
    findOrphans(root, new Set(files.map((file) => file.path))),
  ]);
  const writes = states.flatMap((state) => (state.write ? [state.write] : []));
  const foreign = writes.filter((write) => write.foreign).map(({ path }) => path);
  const aside = await planAside(root, foreign);
  const paths = (change: FileState['change']): string[] =>
    states.flatMap((state) => (state.change === change ? [state.path] : []));
  return {
    root,
    created: paths('create'),
    updated: paths('update'),
    unchanged: paths('none'),
    edited: states.flatMap((state) => (state.edited ? [state.path] : [])),
    orphans,
    aside,
    problems: [
      ...states.flatMap((state) => state.problems),
      ...sharedFiles(states),
      ...aside.map(asideWarning),
    ],
    writes,
  };
}

interface FileState {
  readonly path: string;
  readonly change: 'create' | 'update' | 'none' | 'unknown';
  readonly target?: string;
  readonly edited?: boolean;
  readonly write?: PlannedWrite;
  readonly problems: readonly Problem[];
}

async function compare(root: string, { path, content, frame }: TreeFile): Promise<FileState> {
  const disk = await lookAt(root, path);
  if ('code' in disk) return { path, change: 'unknown', problems: [disk] };
  const { target, bytes } = disk;
  const foreign = isForeign(bytes, frame);
  const wanted = placeSection(around(bytes, foreign, frame), content, frame);
  if (!Buffer.isBuffer(wanted))
    return { path, change: 'unknown', target, problems: [brokenMarkers(path, wanted)] };
  if (bytes?.equals(wanted)) return { path, change: 'none', target, problems: [] };
  const edit = bytes && editWarning(path, bytes);
  const version =
    bytes && path === GLOBAL_FILE
      ? versionProblem(versionIn(bytes), { file: path, line: 1, column: 1 }, 'write')
      : undefined;
  return {
    path,
    target,
    change: bytes ? 'update' : 'create',
    edited: edit !== undefined,
    write: {
      path,
      content,
      ...(frame && { frame }),
      expected: digest(bytes),
      ...(foreign && { foreign }),
    },
    problems: [edit, version].filter((one) => one !== undefined),
  };
}

/** What of a file stays around our section. */
function around(bytes: Buffer | undefined, foreign: boolean, frame?: Frame): Buffer | undefined {
  // Nothing is put in front of a file of the playbook, so an empty one is made anew.
  const isEmpty = frame?.putsAside && bytes?.toString('latin1').trim() === '';
  return foreign || isEmpty ? undefined : bytes;
}

/**
 * Carries a plan out. Every file is looked at again first, and nothing is written when one is not
 * as the plan saw it; a file that has its wanted bytes is not touched.
 */
export async function writeSync(plan: SyncPlan): Promise<void> {
  const errors = errorsOf(plan.problems);
  if (errors.length > 0) throw refused(errors);
  const limit = pLimit(AT_ONCE);
  await limit.map(plan.writes, (write) => bytesToWrite(plan.root, write));
  const fresh = await absentFolders(plan.root);
  // A full disk is met here, before the first file changes.
  const staged = await settled(plan.writes.map((write) => limit(() => stage(plan.root, write))));
  const kept =
    'failure' in staged ? staged : await settled(plan.aside.map((one) => keep(plan, one)));
  if ('failure' in kept) {
    for (const { file } of staged.done) await file.drop();
    for (const folder of fresh) await rmdir(folder).catch(() => {});
    throw kept.failure;
  }
  const placed = await settled(
    staged.done.map(({ write, file }) => limit(() => replace(plan.root, write, file))),
  );
  if ('failure' in placed) throw placed.failure;
  await Promise.all(TREE_FOLDERS.map((folder) => removeInterrupted(join(plan.root, folder))));
}

async function keep({ root, writes }: SyncPlan, one: PutAside): Promise<void> {
  try {
    if (writes.some(({ path }) => path === one.path)) await keepFile(root, one);
    else await moveFolder(root, one);
  } catch (error) {
    throw writeFailed(one.to, error);
  }
}

/** Folders of the tree that are not there yet. */
async function absentFolders(root: string): Promise<string[]> {
  const folders = TREE_FOLDERS.map((folder) => join(root, folder));
  const there = await Promise.all(folders.map((folder) => lstat(folder).catch(() => undefined)));
  return folders.filter((_, at) => there[at] === undefined);
}

interface StagedWrite {
  readonly write: PlannedWrite;
  readonly file: Staged;
}

async function stage(root: string, write: PlannedWrite): Promise<StagedWrite> {
  const { target, mode, wanted } = await bytesToWrite(root, write);
  try {
    return { write, file: await stageFile(target, wanted, mode) };
  } catch (error) {
    throw writeFailed(write.path, error);
  }
}

async function replace(root: string, write: PlannedWrite, file: Staged): Promise<void> {
  try {
    await bytesToWrite(root, write);
    await file.commit();
  } catch (error) {
    await file.drop();
    throw error instanceof AnklumeError ? error : writeFailed(write.path, error);
  }
}

/** All come to an end before the first failure is told: nothing writes on after the command ended. */
async function settled<T>(
  all: readonly Promise<T>[],
): Promise<{ readonly done: T[]; readonly failure?: unknown }> {
  const ended = await Promise.allSettled(all);
  const done = ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  const failed = ended.find((end) => end.status === 'rejected');
  return failed ? { done, failure: failed.reason } : { done };
}

async function bytesToWrite(
  root: string,
  { path, content, frame, expected, foreign = false }: PlannedWrite,
): Promise<FileOnDisk & { readonly wanted: Buffer }> {
  const disk = await lookAt(root, path);
  if ('code' in disk) throw refused([disk]);
  const wanted = placeSection(around(disk.bytes, foreign, frame), content, frame);
  if (digest(disk.bytes) !== expected || !Buffer.isBuffer(wanted)) throw changedMeanwhile(path);
  // A link goes aside as a link: what it leads to stays as it is.
  return foreign ? { target: join(await realpath(root), path), wanted } : { ...disk, wanted };
}

function digest(bytes: Buffer | undefined): string | null {
  return bytes ? createHash('sha256').update(bytes).digest('hex') : null;
}

/** Two files of the tree that links make one: the second write would undo the first. */
function sharedFiles(states: readonly FileState[]): Problem[] {
  const first = new Map<string, string>();
  return states.flatMap(({ path, target }): Problem[] => {
    if (target === undefined) return [];
    const other = first.get(target);
    if (other !== undefined) return [sharedFile(path, other)];
    first.set(target, path);
    return [];
  });
}
