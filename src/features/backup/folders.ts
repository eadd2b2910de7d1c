import { access, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AnklumeError } from '../../base/messages/index.ts';
import { byTime, homeFolder } from '../../base/system/index.ts';
import { type Manifest, readManifest } from './manifest.ts';

/** One backup of a folder that holds them. */
export interface Backup {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The order of backups; those of one moment by the name of their folder. */
export const oldestFirst = byTime<Backup>(
  ({ manifest }) => manifest.created,
  ({ folder }) => folder,
);

/** Where backups go unless the person says otherwise. */
export function backupsFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(homeFolder(env), 'backups');
}

/** The whole backups of a folder, the oldest first. What is no backup is passed over. */
export async function listBackups(folder: string): Promise<Backup[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const read = names
    .filter((name) => !name.startsWith('.'))
    .map(async (name) => {
      const path = join(folder, name);
      try {
        return { folder: path, manifest: await readManifest(path) };
      } catch (error) {
        if (error instanceof AnklumeError) return undefined;
        throw error;
      }
    });
  const all = (await Promise.all(read)).filter((one) => one !== undefined);
  return all.sort(oldestFirst);
}

/**
 * What a person calls a backup: a path, or a bare name as `backup list` shows it, of a backup or of an archive in one.
 * The path as typed comes first, and is also what is given back where there is nothing.
 */
export async function findBackup(
  cwd: string,
  word: string,
  folder: string = backupsFolder(),
): Promise<string> {
  const typed = resolve(cwd, word);
  if (word.includes('/') || word.startsWith('.') || (await isThere(typed))) return typed;
  const listed = join(folder, word);
  if (await isThere(listed)) return listed;
  for (const backup of (await listBackups(folder)).toReversed())
    if (await isThere(join(backup.folder, word))) return join(backup.folder, word);
  return typed;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
