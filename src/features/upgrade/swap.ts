import { link, mkdir, rename, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isThere, makeFolders } from '../../base/system/index.ts';
import { fileAbove } from './obstacles.ts';

/** One thing to do in the product's folder, in a form that can be undone at any point. Paths are absolute. */
export type Step =
  | {
      readonly at: string;
      /** Where what is there now goes; absent where there is nothing. */
      readonly old?: string;
      /** What comes there; absent where nothing does. */
      readonly fresh?: string;
    }
  | { readonly at: string; readonly folder: true };

export interface Places {
  readonly root: string;
  /** Holds the fresh files under their paths. */
  readonly tree: string;
  /** Takes the old ones under theirs. */
  readonly before: string;
}

/**
 * The steps that put `placed` there and take `removed` away. `aside` makes room first, as a whole: folders where a file
 * comes, and files where a folder does.
 */
export async function planSwap(
  { root, tree, before }: Places,
  changes: {
    readonly placed: readonly string[];
    readonly removed: readonly string[];
    readonly aside: readonly string[];
  },
): Promise<Step[]> {
  const aside = changes.aside.map((path) => ({ at: join(root, path), old: join(before, path) }));
  const isGone = (path: string) =>
    changes.aside.some((one) => path === one || path.startsWith(`${one}/`));
  const steps: Step[] = [...aside];
  for (const path of changes.removed)
    if (!isGone(path) && (await isInside(root, path)))
      steps.push({ at: join(root, path), old: join(before, path) });
  const made = new Set<string>();
  for (const path of changes.placed) {
    for (const folder of foldersOf(path)) {
      const stands = !isGone(folder) && (await isThere(join(root, folder)));
      if (made.has(folder) || stands) continue;
      made.add(folder);
      steps.push({ at: join(root, folder), folder: true });
    }
    const at = join(root, path);
    const stands = !isGone(path) && (await isThere(at));
    const fresh = join(tree, path);
    steps.push(stands ? { at, old: join(before, path), fresh } : { at, fresh });
  }
  return steps;
}

/** Does one. What is replaced is there all the time, as the old or as the new. */
export async function take(step: Step): Promise<void> {
  if ('folder' in step) {
    await mkdir(step.at);
    return;
  }
  const { at, old, fresh } = step;
  if (old !== undefined) {
    await makeFolders(dirname(old));
    if (fresh === undefined) await rename(at, old);
    // A second name for the old one; a folder can have none, nor can a file everywhere.
    else await link(at, old).catch(() => rename(at, old));
  }
  if (fresh !== undefined) await rename(fresh, at);
}

/** Removes the folders that nothing is left in. */
export async function removeEmpty(root: string, removed: readonly string[]): Promise<void> {
  const folders = new Set(removed.flatMap(foldersOf));
  for (const folder of [...folders].sort((a, b) => b.length - a.length))
    await rmdir(join(root, folder)).catch(() => {});
}

/** The folders above a path, the outermost first. */
function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = dirname(path); at !== '.'; at = dirname(at)) folders.unshift(at);
  return folders;
}

/** Whether it is there, and not beyond a link that the user put in the place of a folder. */
async function isInside(root: string, path: string): Promise<boolean> {
  return (await isThere(join(root, path))) && (await fileAbove(root, path)) === undefined;
}
