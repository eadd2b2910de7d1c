import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfExists, writeAtomic } from '../system/index.ts';

/** A file of a project, with its path below the root. */
export interface KeptFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** What apply starts from. */
const TREE = ['inventory', 'group_vars', 'host_vars'];

/** What people declare in. */
const DECLARED = ['infra.yml', 'infra'];

/** Bytes of one file beyond which it is no description of machines. */
const LARGEST = 4 * 1024 * 1024;

/** infra.yml and the tree of a project; only ordinary files. */
export async function readFiles(root: string): Promise<KeptFile[]> {
  const found = await Promise.all([...DECLARED, ...TREE].map((name) => below(root, name)));
  return found.flat();
}

async function below(root: string, path: string): Promise<KeptFile[]> {
  const facts = await lstat(join(root, path)).catch(() => undefined);
  if (facts?.isFile() && facts.size <= LARGEST)
    return [{ path, bytes: await readFile(join(root, path)) }];
  if (!facts?.isDirectory()) return [];
  const names = await readdir(join(root, path));
  return (await Promise.all(names.map((name) => below(root, `${path}/${name}`)))).flat();
}

function isTreeFile({ path }: Pick<KeptFile, 'path'>): boolean {
  return TREE.includes(path.split('/')[0] ?? '');
}

/** What to write and what to remove for the tree of a project to be that of a generation. Pure. */
export function treeChanges(kept: readonly KeptFile[], current: readonly KeptFile[]) {
  const wanted = kept.filter(isTreeFile);
  const paths = new Set(wanted.map(({ path }) => path));
  return {
    write: wanted.filter(
      ({ path, bytes }) => !current.find((one) => one.path === path)?.bytes.equals(bytes),
    ),
    remove: current
      .filter((one) => isTreeFile(one) && !paths.has(one.path))
      .map(({ path }) => path),
  };
}

/** Puts a tree back into a project. */
export async function writeTree(root: string, changes: ReturnType<typeof treeChanges>) {
  for (const { path, bytes } of changes.write) await writeAtomic(join(root, path), bytes);
  for (const path of changes.remove) await rm(join(root, path), { force: true });
}

/**
 * The declaration of a generation, beside the one of today and never in its place: `infra.yml.generation-4`.
 * Gives the path where something was written, or nothing where the two are the same.
 */
export async function writeDeclaration(
  root: string,
  kept: readonly KeptFile[],
  current: readonly KeptFile[],
  number: number,
): Promise<string | undefined> {
  const wanted = kept.filter((one) => !isTreeFile(one));
  const same = (a: readonly KeptFile[], b: readonly KeptFile[]) =>
    a.every(({ path, bytes }) => b.find((one) => one.path === path)?.bytes.equals(bytes));
  const today = current.filter((one) => !isTreeFile(one));
  if (wanted.length === 0 || (same(wanted, today) && same(today, wanted))) return undefined;
  const top = wanted[0]?.path.split('/')[0] ?? '';
  const name = `${top}.generation-${number}`;
  for (const { path, bytes } of wanted) {
    const place = join(root, `${name}${path.slice(top.length)}`);
    if (!(await readIfExists(place))?.equals(bytes)) await writeAtomic(place, bytes);
  }
  return name;
}
