import { lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What stands where the new version puts something else than git expects there. */
export interface Obstacles {
  /** Files, links and folders that are the user's: copied before they make room. */
  readonly users: readonly string[];
  /** Folders and files of the version before, which change their kind: they only make room. */
  readonly ours: readonly string[];
}

export interface Known {
  /** Files of the new version that differ from the version before. */
  readonly placed: readonly string[];
  /** Files of the version before that the new one does not have. */
  readonly removed: ReadonlySet<string>;
  /** All files that git follows. */
  readonly tracked: ReadonlySet<string>;
  /** Those of them that the user changed. */
  readonly edited: ReadonlySet<string>;
}

/**
 * Looks at each place that the new version fills: a folder where it has a file, a file or a link where it has a folder,
 * and what git does not follow. Paths are relative to the root.
 */
export async function findObstacles(root: string, known: Known): Promise<Obstacles> {
  const users = new Set<string>();
  const ours = new Set<string>();
  for (const path of known.placed) {
    const blocked = await fileAbove(root, path);
    const place = blocked ?? path;
    const facts = await lstat(join(root, place)).catch(() => undefined);
    if (!facts) continue;
    const isUsers = facts.isDirectory()
      ? await holdsUsers(root, place, known)
      : !known.tracked.has(place) || known.edited.has(place);
    if (isUsers) users.add(place);
    else if (blocked !== undefined || facts.isDirectory()) ours.add(place);
  }
  return { users: [...users], ours: [...ours] };
}

/** The first step of a path that is no folder: nothing can be put below it. A link to a folder leads elsewhere. */
export async function fileAbove(root: string, path: string): Promise<string | undefined> {
  const steps: string[] = [];
  for (let at = dirname(path); at !== '.'; at = dirname(at)) steps.unshift(at);
  for (const step of steps) {
    const facts = await lstat(join(root, step)).catch(() => undefined);
    if (!facts) return undefined;
    if (!facts.isDirectory()) return step;
  }
  return undefined;
}

/** Whether a folder holds anything but files of the version before that go anyway. */
async function holdsUsers(
  root: string,
  folder: string,
  { removed, edited }: Known,
): Promise<boolean> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries.some((entry) => {
    if (entry.isDirectory()) return false;
    const path = join(entry.parentPath, entry.name).slice(root.length + 1);
    return !removed.has(path) || edited.has(path);
  });
}
