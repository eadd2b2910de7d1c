import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
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
