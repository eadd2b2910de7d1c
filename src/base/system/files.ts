import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Bytes of a file that is read whole: more than any file that a person or this program wrote. */
const LARGEST = 64 * 1024 * 1024;

/** The bytes of a file, or undefined when there is none. */
export async function readIfExists(path: string, most = LARGEST): Promise<Buffer | undefined> {
  try {
    return await readWhole(path, most);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * The bytes of a file, of which any may have been put there: one that grows for ever is `EFBIG`, and one in which
 * nothing is at the moment, such as a kernel log or a pipe, does not keep anybody waiting.
 */
export async function readWhole(path: string, most = LARGEST): Promise<Buffer> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size } = await handle.stat();
    const parts: Buffer[] = [];
    let length = 0;
    for (;;) {
      const part = Buffer.alloc(Math.max(64 * 1024, Math.min(size - length, 4 * 1024 * 1024)) + 1);
      const { bytesRead } = await handle.read(part, 0, part.length, null);
      if (bytesRead === 0) return Buffer.concat(parts, length);
      parts.push(part.subarray(0, bytesRead));
      length += bytesRead;
      if (length > most) throw Object.assign(new Error('EFBIG'), { code: 'EFBIG' });
    }
  } catch (error) {
    throw about(error, path);
  } finally {
    await handle.close();
  }
}

/**
 * Makes a folder and those above it. Node's own way to do that never ends below /proc, where nothing can be made. Gives
 * the first that was made; undefined when all were there.
 */
export async function makeFolders(path: string, mode = 0o777): Promise<string | undefined> {
  try {
    await mkdir(path, { mode });
    return path;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return undefined;
    const parent = dirname(path);
    if (code !== 'ENOENT' || parent === path) throw error;
    const first = await makeFolders(parent, mode);
    // It was there all along, or somebody made it: then nothing can be made in it.
    await mkdir(path, { mode }).catch(async (again: NodeJS.ErrnoException) => {
      if (again.code !== 'EEXIST' || !(await stat(path)).isDirectory()) throw again;
    });
    return first ?? path;
  }
}

/** The end of the name of a file that is being written. */
const PART = '.anklume-part';

/** A file is written in far less: older than this, what is left of it belongs to nobody. In ms. */
const PART_AGE = 60_000;

/** A file that is written and does not have its name yet. */
export interface Staged {
  /** Gives it its name: a reader sees the old bytes or the new ones. */
  commit(): Promise<void>;
  drop(): Promise<void>;
}

/** Writes a whole file beside its place, to the disk: what can fail fails now, and nothing has changed. */
export async function stageFile(
  path: string,
  bytes: string | Uint8Array,
  mode = 0o644,
): Promise<Staged> {
  const made = await makeFolders(dirname(path));
  // A dot in front: Ansible and other readers of a folder pass over what a kill leaves.
  const name = `.${basename(path)}.${randomBytes(6).toString('hex')}${PART}`;
  const temporary = join(dirname(path), name);
  const drop = async () => {
    await rm(temporary, { force: true });
    if (made !== undefined) await removeEmpty(dirname(path), made);
  };
  const orGone = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      await drop();
      throw about(error, path);
    }
  };
  await orGone(async () => {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
  return { commit: () => orGone(() => rename(temporary, path)), drop };
}

/** Removes a folder and those above it up to `top`, as far as they are empty. */
async function removeEmpty(folder: string, top: string): Promise<void> {
  for (let at = folder; at.startsWith(top); at = dirname(at))
    if (
      !(await rmdir(at).then(
        () => true,
        () => false,
      ))
    )
      return;
}

/**
 * Writes a whole file or nothing: temporary file beside it, fsync, rename.
 * A reader sees the old bytes or the new ones, also after a power cut.
 */
export async function writeAtomic(
  path: string,
  bytes: string | Uint8Array,
  mode = 0o644,
): Promise<void> {
  await (await stageFile(path, bytes, mode)).commit();
}

/**
 * Throws what the system answers when a file of this many bytes cannot be written at `path`, in a folder that may have
 * to be made first: before a change that could not be undone, or that nobody would hear of. Leaves nothing.
 */
export async function checkWritable(path: string, bytes = 64 * 1024): Promise<void> {
  let folder = dirname(path);
  while (!(await stat(folder).catch(() => undefined)) && dirname(folder) !== folder)
    folder = dirname(folder);
  const trial = join(folder, `.anklume.${randomBytes(6).toString('hex')}${PART}`);
  try {
    const handle = await open(trial, 'wx', 0o600);
    try {
      await handle.writeFile(Buffer.alloc(bytes, 1));
      // A disk may take what it has no room for, and say so later.
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw about(error, path);
  } finally {
    await rm(trial, { force: true });
  }
}

/** What the system says of an open file has no name in it. */
function about(error: unknown, path: string): unknown {
  if (error instanceof Error && 'code' in error) Object.assign(error, { path });
  return error;
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
