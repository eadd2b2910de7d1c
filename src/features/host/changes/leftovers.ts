import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, run } from '../../../base/system/index.ts';
import type { Former, Json } from '../ledger.ts';

/** What packages leave behind when they go, although nothing was there before they came. */
const PARENTS = ['/etc', '/var/lib', '/var/cache', '/var/log', '/run'];

/** Folders of Incus that hold nothing once its machines are gone; the daemon mounts inside them. */
const OF_INCUS = [
  ...['/var/lib/incus', '/var/cache/incus', '/var/log/incus', '/run/incus'],
  ...['/var/lib/lxcfs', '/run/lxcfs'],
];

/** What stands beside packages before they come: names of folders, units and tables of rules. */
export async function surroundings(): Promise<Former> {
  return { folders: await foldersNow(), units: await unitsNow(), tables: await tablesNow() };
}

/** What came with the packages, to be remembered once they are there: what comes later is somebody else's. */
export async function cameWith(before: Former): Promise<Former> {
  return {
    units: ofOurs(await unitsNow(), before.units, undefined),
    folders: ofOurs(await foldersNow(), before.folders, undefined),
  };
}

/**
 * Of what there is now, what was not there before and came with the packages. A run that was killed before it could
 * remember what came goes by what is new; of a ledger that does not say what was there, nothing is known to have come.
 */
export function ofOurs(
  now: readonly string[],
  before: Json | undefined,
  came: Json | undefined,
): string[] {
  if (!before) return [];
  const known = strings(before);
  const ours = came === undefined ? undefined : strings(came);
  return now.filter((one) => !known.includes(one) && (ours === undefined || ours.includes(one)));
}

/** Stops what came with the packages: their removal alone leaves a daemon running, and its rules loaded. */
export async function stopWhatCame(before: Former, came: Former): Promise<void> {
  const units = ofOurs(await unitsNow(), before.units, came.units);
  if (units.length > 0) await run(['systemctl', 'stop', '--', ...units], { accept: [0, 1, 5] });
  const tables = (await tablesNow()).filter((one) => / incus$/.test(one));
  for (const table of ofOurs(tables, before.tables, undefined))
    await run(['nft', 'delete', 'table', ...table.split(' ')]);
}

/** Removes the folders of Incus, and others that came as far as they are empty, where there were none before. */
export async function removeFolders(before: Former, came: Former): Promise<void> {
  if (!before.folders) return;
  const now = await foldersNow();
  for (const folder of ofOurs(now, before.folders, came.folders))
    if (!OF_INCUS.includes(folder)) await rmdir(folder).catch(() => undefined);
  for (const folder of ofOurs(now, before.folders, OF_INCUS)) {
    await unmountBelow(folder);
    await rm(folder, { recursive: true, force: true });
  }
  await run(['systemctl', 'daemon-reload']);
}

/** The deepest first, so that nothing is removed through a mount. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => (line.split(' ')[1] ?? '').replaceAll('\\040', ' '))
    .filter((path) => path === folder || path.startsWith(`${folder}/`));
  // A mount of a program that has ended, or that somebody still looks at, goes from the tree all the same.
  for (const path of mounts.sort().reverse()) await run(['umount', '--lazy', '--', path]);
}

async function foldersNow(): Promise<string[]> {
  const lists = await Promise.all(
    PARENTS.map(async (parent) => {
      const entries = await readdir(parent, { withFileTypes: true });
      return entries
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(parent, entry.name));
    }),
  );
  return lists.flat().sort();
}

/** Names of units that have a file; of a template there is nothing to stop. */
async function unitsNow(): Promise<string[]> {
  const words = ['systemctl', 'list-unit-files', '--no-legend', '--plain', '--no-pager'];
  const { stdout } = await run(words, { accept: [0, 1] });
  return stdout
    .split('\n')
    .map((line) => line.split(/\s+/)[0] ?? '')
    .filter((name) => /\.(service|socket|timer)$/.test(name) && !name.includes('@'));
}

async function tablesNow(): Promise<string[]> {
  if (!(await findProgram('nft'))) return [];
  const { stdout } = await run(['nft', 'list', 'tables']);
  return stdout.split('\n').flatMap((line) => /^table (\S+ \S+)$/.exec(line.trim())?.[1] ?? []);
}

function strings(said: Json | undefined): string[] {
  return Array.isArray(said) ? said.filter((one) => typeof one === 'string') : [];
}
