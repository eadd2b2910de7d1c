import { chmod, chown, rm, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isThere, readIfExists, writeAtomic } from '../../../base/system/index.ts';
import type { Former } from '../ledger.ts';
import type { FileChange } from '../step.ts';
import type { Handler } from './handler.ts';

/** A file with a text of ours. What stood there is kept in the ledger, byte by byte. */
export const file: Handler<FileChange> = {
  async stands({ path, text }) {
    return (await textOf(path)) === text;
  },
  former: ({ path }) => formerFile(path),
  async carryOut({ path, text }) {
    await writeAtomic(path, text);
    return {};
  },
  async standing({ path, text }) {
    const now = await textOf(path);
    if (now === undefined) return 'missing';
    return now === text ? 'kept' : 'changed';
  },
  async takeBack({ path, text }, former) {
    const now = await readIfExists(path);
    const isOurs = now?.toString('utf8') === text;
    const before =
      typeof former.bytes === 'string' ? Buffer.from(former.bytes, 'base64') : undefined;
    if (now && !isOurs && !before?.equals(now)) return edited(path);
    if (isOurs) await putBack(path, before, former);
    await removeMade(path, former);
    return undefined;
  },
};

/** What stands at a path: the bytes, whose they are, and the first folder above that is missing. */
async function formerFile(path: string): Promise<Former> {
  const bytes = await readIfExists(path);
  const made = await firstMissing(dirname(path));
  const folder: Former = made === undefined ? {} : { made };
  if (!bytes) return folder;
  const { mode, uid, gid } = await stat(path);
  return { bytes: bytes.toString('base64'), mode: mode & 0o7777, uid, gid, ...folder };
}

async function putBack(path: string, before: Buffer | undefined, former: Former): Promise<void> {
  if (!before) return rm(path, { force: true });
  const { mode, uid, gid } = former;
  await writeAtomic(path, before, typeof mode === 'number' ? mode : 0o644);
  if (typeof mode === 'number') await chmod(path, mode);
  if (typeof uid === 'number' && typeof gid === 'number') await chown(path, uid, gid);
}

/** Folders that were made for it, as far as nobody has put anything there. */
export async function removeMade(path: string, { made }: Former): Promise<void> {
  if (typeof made !== 'string') return;
  for (let at = dirname(path); at === made || at.startsWith(`${made}/`); at = dirname(at))
    await rmdir(at).catch(() => undefined);
}

export async function firstMissing(folder: string): Promise<string | undefined> {
  let missing: string | undefined;
  for (let at = folder; !(await isThere(at)); at = dirname(at)) missing = at;
  return missing;
}

export function edited(path: string) {
  return {
    en: `${path} was edited since: it stays as it is.`,
    fr: `${path} a été modifié depuis : il reste tel quel.`,
  };
}

async function textOf(path: string): Promise<string | undefined> {
  return (await readIfExists(path))?.toString('utf8');
}
