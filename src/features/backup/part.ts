import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { AnklumeError } from '../../base/messages/index.ts';
import { readManifest } from './manifest.ts';

/**
 * In a folder that is being filled or removed: its own token, and the host at work on it. What has a name like ours and
 * not this is not ours, and what another host fills may be on a disk that both see.
 */
const OWNER = '.anklume-owner';
const ownerText = (token: string): string => `${token} ${hostname()}\n`;

/** A name that nobody else can have chosen. */
const PART = /^\.anklume-([0-9a-f]{32})\.part$/;

/** A new folder for what gets its name when it is whole. */
export async function makePart(to: string): Promise<string> {
  const token = randomBytes(16).toString('hex');
  const part = join(to, `.anklume-${token}.part`);
  await mkdir(part, { mode: 0o700 });
  try {
    await writeFile(join(part, OWNER), ownerText(token), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    await dropPart(part);
    throw error;
  }
  return part;
}

/** Gives it its name. */
export async function finishPart(part: string, name: string): Promise<string> {
  const final = join(dirname(part), name);
  await rm(join(part, OWNER));
  await rename(part, final);
  return final;
}

/** Takes a folder that is to be removed out of sight at once: should the rest be cut off, the next run does it. */
export async function removeAsPart(folder: string): Promise<void> {
  const token = randomBytes(16).toString('hex');
  const part = join(dirname(folder), `.anklume-${token}.part`);
  await writeFile(join(folder, OWNER), ownerText(token), { mode: 0o600 });
  await rename(folder, part);
  await clear(part);
}

/** The token goes last: what is left of a folder without it would be nobody's. */
async function clear(part: string): Promise<void> {
  for (const name of await readdir(part))
    if (name !== OWNER) await rm(join(part, name), { recursive: true, force: true });
  await rm(join(part, OWNER), { force: true });
  await rmdir(part);
}

/** Removes one that is not to be finished. */
export async function dropPart(part: string): Promise<void> {
  await clear(part).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/** Removes what killed runs left in a folder of backups, and nothing that anybody else put there. */
export async function removeParts(to: string): Promise<void> {
  for (const name of await readdir(to)) {
    const token = PART.exec(name)?.[1];
    if (token === undefined) continue;
    const part = join(to, name);
    if (!(await lstat(part)).isDirectory()) continue;
    if (await isOurs(part, token)) await dropPart(part);
  }
}

/** It holds its token, or is a backup that was whole but for its name, or nothing at all. */
async function isOurs(part: string, token: string): Promise<boolean> {
  const owner = await readFile(join(part, OWNER), 'utf8').catch(() => undefined);
  if (owner !== undefined) return owner === ownerText(token);
  const isEmpty = await rmdir(part).then(
    () => true,
    () => false,
  );
  if (isEmpty) return true;
  try {
    const { archives } = await readManifest(part);
    const known = new Set(archives.map(({ file }) => file));
    const names = await readdir(part);
    return names.filter((name) => known.has(name)).length === known.size;
  } catch (error) {
    if (error instanceof AnklumeError) return false;
    throw error;
  }
}
