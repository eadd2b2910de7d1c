import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The bytes of a file, or undefined when there is none. */
export async function readIfExists(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The end of the name of a file that is being written. */
const PART = '.anklume-part';

/** A file is written in far less: older than this, what is left of it belongs to nobody. In ms. */
const PART_AGE = 60_000;

/**
 * Writes a whole file or nothing: temporary file beside it, fsync, rename.
 * A reader sees the old bytes or the new ones, also after a power cut.
 */
export async function writeAtomic(
  path: string,
  bytes: string | Uint8Array,
  mode = 0o644,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // A dot in front: Ansible and other readers of a folder pass over what a kill leaves.
  const name = `.${basename(path)}.${randomBytes(6).toString('hex')}${PART}`;
  const temporary = join(dirname(path), name);
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Removes from a folder what `writeAtomic` left there when it was killed, once it is a minute old. */
export async function removeInterrupted(folder: string, now = Date.now()): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const parts = names.filter((name) => name.startsWith('.') && name.endsWith(PART));
  await Promise.all(
    parts.map(async (name) => {
      const path = join(folder, name);
      const left = await stat(path).catch(() => undefined);
      if (left !== undefined && now - left.mtimeMs > PART_AGE) await rm(path, { force: true });
    }),
  );
}
