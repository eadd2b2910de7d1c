import { readdir, realpath, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AnklumeError } from '../../base/messages/index.ts';
import { firstFree, readIfExists, readWhole, writeAtomic } from '../../base/system/index.ts';
import { type EarlierTree, isTreePath, type KeptFile, lookAt } from '../../world/tree/index.ts';

/** What apply starts from. */
const TREE = ['inventory', 'group_vars', 'host_vars'];

/** What people declare in. */
const DECLARED = ['infra.yml', 'infra'];

/** Bytes of one file beyond which nobody reads it as a description of machines. */
const LARGEST = 8 * 1024 * 1024;

/** Folders within folders; a link may lead back up. */
const DEEPEST = 8;

/**
 * infra.yml and the tree of a project, as whoever reads them sees them: through links, wherever they lead. What is no
 * ordinary file is left out.
 */
export async function readFiles(root: string): Promise<KeptFile[]> {
  const found = await Promise.all([...DECLARED, ...TREE].map((name) => below(root, name, [])));
  return found.flat();
}

async function below(root: string, path: string, parents: readonly string[]): Promise<KeptFile[]> {
  const place = join(root, path);
  const facts = await stat(place).catch(() => undefined);
  if (facts?.isFile() && facts.size <= LARGEST)
    return [{ path, bytes: await readWhole(place), mode: facts.mode & 0o777 }];
  if (!facts?.isDirectory() || parents.length > DEEPEST) return [];
  const real = await realpath(place);
  if (parents.includes(real)) return [];
  const names = await readdir(place);
  const inside = names.map((name) => below(root, `${path}/${name}`, [...parents, real]));
  return (await Promise.all(inside)).flat();
}

/** Carries out what a plan of the tree says. */
export async function writeEarlier({ writes, removes }: EarlierTree): Promise<void> {
  for (const { target, bytes, mode } of writes) await writeAtomic(target, bytes, mode);
  for (const { target } of removes) await rm(target, { force: true });
}

/**
 * The declaration of a generation, beside the one of today and never in its place: `infra.yml.generation-4`.
 * Gives the path where it stands, or nothing where the two are the same.
 */
export async function writeDeclaration(
  root: string,
  kept: readonly KeptFile[],
  current: readonly KeptFile[],
  number: number,
): Promise<string | undefined> {
  const wanted = kept.filter(({ path }) => !isTreePath(path));
  const same = (a: readonly KeptFile[], b: readonly KeptFile[]) =>
    a.every(({ path, bytes }) => b.find((one) => one.path === path)?.bytes.equals(bytes));
  const today = current.filter(({ path }) => !isTreePath(path));
  if (wanted.length === 0 || (same(wanted, today) && same(today, wanted))) return undefined;
  const top = wanted[0]?.path.split('/')[0] ?? '';
  const beside = wanted.map((file) => ({ ...file, path: file.path.slice(top.length) }));
  const name = await nameBeside(root, `${top}.generation-${number}`, beside);
  for (const { path, bytes, mode } of beside) {
    const disk = await lookAt(root, `${name}${path}`);
    if ('code' in disk) throw unwritable(`${name}${path}`);
    if (!disk.bytes?.equals(bytes)) await writeAtomic(disk.target, bytes, mode);
  }
  return name;
}

/** A name that is free, or holds these very bytes: somebody may have gone on from what an earlier rollback wrote. */
async function nameBeside(root: string, name: string, files: readonly KeptFile[]): Promise<string> {
  const names = await readdir(root);
  const holds = await Promise.all(
    files.map(async ({ path, bytes }) =>
      (await readIfExists(join(root, name + path)))?.equals(bytes),
    ),
  ).catch(() => [false]);
  if (holds.every(Boolean)) return name;
  return firstFree(basename(name), new Set(names));
}

function unwritable(path: string): AnklumeError {
  return new AnklumeError({
    code: 'declaration-unwritable',
    message: {
      en: `The infra.yml of then could not be written to '${path}': a link is in the way.`,
      fr: `L'infra.yml d'alors n'a pas pu être écrit dans « ${path} » : un lien est en travers.`,
    },
  });
}
