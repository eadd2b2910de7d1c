import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../base/messages/index.ts';
import { lookAt } from './file-access.ts';
import { TREE_FOLDERS } from './layout.ts';
import {
  type Cut,
  cutSection,
  hasUserText,
  placeLines,
  withoutSection,
} from './managed-section.ts';
import { brokenMarkers } from './sync-problems.ts';

/** A file of a project, with its path below the root. */
export interface KeptFile {
  readonly path: string;
  readonly bytes: Buffer;
  /** Permission bits. */
  readonly mode?: number;
}

/** How the tree of a project becomes that of an earlier time. What the user wrote since is not part of it. */
export interface EarlierTree {
  readonly writes: readonly {
    readonly path: string;
    /** Absolute, every link followed. */
    readonly target: string;
    readonly bytes: Buffer;
    readonly mode?: number;
  }[];
  readonly removes: readonly { readonly path: string; readonly target: string }[];
  /** Files in which the user's own lines are not those of then: they stay as they are. */
  readonly own: readonly string[];
  /** Why it cannot be: links that lead outside, markers that cannot be followed. Nothing is touched then. */
  readonly problems: readonly Problem[];
}

/** Whether a path below the root is one of the tree. */
export function isTreePath(path: string): boolean {
  return TREE_FOLDERS.some((folder) => path.startsWith(`${folder}/`));
}

/**
 * Compares the tree with that of an earlier time. Only managed sections go back, and files that hold nothing else;
 * `kept` and `current` hold the files of both times, through links, wherever they lead.
 */
export async function planEarlier(
  root: string,
  kept: readonly KeptFile[],
  current: readonly KeptFile[],
): Promise<EarlierTree> {
  const then = new Map(kept.map((file) => [file.path, file]));
  const now = new Map(current.map((file) => [file.path, file]));
  const paths = [...new Set([...then.keys(), ...now.keys()])].filter(isTreePath).sort();
  const all = await Promise.all(paths.map((path) => compare(root, then.get(path), now.get(path))));
  return {
    writes: all.flatMap(({ write }) => write ?? []),
    removes: all.flatMap(({ remove }) => remove ?? []),
    own: all.flatMap(({ own }) => own ?? []),
    problems: all.flatMap(({ problem }) => problem ?? []),
  };
}

interface Change {
  readonly write?: EarlierTree['writes'][number];
  readonly remove?: EarlierTree['removes'][number];
  readonly own?: string;
  readonly problem?: Problem;
}

async function compare(
  root: string,
  kept: KeptFile | undefined,
  current: KeptFile | undefined,
): Promise<Change> {
  const path = (kept ?? current)?.path ?? '';
  const now = current && cutSection(current.bytes);
  const then = plainCut(kept);
  if (now && 'message' in now)
    return then?.section === undefined ? {} : { problem: brokenMarkers(path, now) };
  const own = ownLines(then) === ownLines(now) ? {} : { own: path };
  if (then?.section === undefined && now?.section === undefined) return own;
  const wanted = wantedBytes(kept, then?.section, current, now);
  if (wanted !== undefined && current?.bytes.equals(wanted)) return own;
  const disk = await lookAt(root, path);
  if ('code' in disk) return { problem: disk };
  const { target } = disk;
  const facts = await lstat(join(root, path)).catch(() => undefined);
  // A link that leads nowhere would be the next sync's trouble.
  if (wanted === undefined && !facts?.isSymbolicLink()) return { ...own, remove: { path, target } };
  const mode = disk.mode ?? kept?.mode;
  const bytes = wanted ?? Buffer.alloc(0);
  return { ...own, write: { path, target, bytes, ...(mode !== undefined && { mode }) } };
}

/** Undefined where nothing of the file is to be left. */
function wantedBytes(
  kept: KeptFile | undefined,
  section: string | undefined,
  current: KeptFile | undefined,
  now: Cut | undefined,
): Buffer | undefined {
  if (section === undefined) return now && hasUserText(now) ? withoutSection(now) : undefined;
  if (!current) return kept?.bytes;
  const placed = placeLines(current.bytes, section);
  return Buffer.isBuffer(placed) ? placed : undefined;
}

/** Markers that could not be followed then made all of the file the user's. */
function plainCut(file: KeptFile | undefined): Cut | undefined {
  if (!file) return undefined;
  const cut = cutSection(file.bytes);
  if (!('message' in cut)) return cut;
  return { before: '', after: file.bytes.toString('latin1'), line: 0 };
}

function ownLines(cut: Cut | undefined): string {
  return cut && hasUserText(cut) ? cut.before + cut.after : '';
}
