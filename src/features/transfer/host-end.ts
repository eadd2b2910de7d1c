import { constants, type Dirent, type Stats } from 'node:fs';
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  opendir,
  readlink,
  rename,
  rm,
  stat,
  statfs,
  symlink,
} from 'node:fs/promises';
import { AnklumeError } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import { CARRIED, type End } from './end.ts';
import type { Entry } from './entry.ts';
import { partialName } from './machine-end.ts';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** Bytes of one read: in larger ones the connection to the machine waits for the disk, in smaller ones for us. */
const BLOCK = 1024 * 1024;

/**
 * The files of this host. A folder is held open, and what is in it is reached through its descriptor, one name at a
 * time and never through a link: whatever is swapped on the way, nothing is written elsewhere.
 */
export class HostEnd implements End<FileHandle> {
  async facts(path: string): Promise<Entry | undefined> {
    try {
      return entryOf(path.split('/').filter(Boolean).at(-1) ?? '/', await stat(bytesOf(path)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw told(path, error);
    }
  }

  openFolder(path: string): Promise<FileHandle> {
    return telling(path, () => open(bytesOf(path), O_RDONLY | O_DIRECTORY));
  }

  enter(folder: FileHandle, name: string): Promise<FileHandle> {
    return telling(name, () => open(below(folder, name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  }

  leave(folder: FileHandle): Promise<void> {
    return folder.close();
  }

  async *list(folder: FileHandle): AsyncGenerator<Entry> {
    const path = Buffer.from(`/proc/self/fd/${folder.fd}/`);
    // The types know no folder of byte names; Node gives them when asked so.
    const names = await opendir(path, { encoding: 'latin1' as BufferEncoding });
    for await (const { name } of names as AsyncIterable<Dirent<string>>)
      yield entryOf(name, await lstat(below(folder, name)));
  }

  async *read(folder: FileHandle, { name, size }: Entry): AsyncGenerator<Buffer> {
    // Not waiting: a pipe put there meanwhile would hold us for ever.
    const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
    const file = await telling(name, () => open(below(folder, name), flags));
    let underway: Promise<Buffer> | undefined;
    try {
      if (!(await file.stat()).isFile()) return;
      const block = Math.min(BLOCK, size + 1);
      const ask = async (): Promise<Buffer> => {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(block), 0, block);
        return buffer.subarray(0, bytesRead);
      };
      for (let bytes = await ask(); bytes.length > 0; bytes = await underway) {
        // The next is read while this one is written.
        underway = ask();
        underway.catch(() => {});
        yield bytes;
      }
    } finally {
      await Promise.allSettled([underway]);
      await file.close();
    }
  }

  readLink(folder: FileHandle, name: string): Promise<string> {
    return readlink(below(folder, name), 'latin1' as BufferEncoding);
  }

  async makeFolder(folder: FileHandle, name: string): Promise<boolean> {
    try {
      await mkdir(below(folder, name), 0o700);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw told(name, error);
    }
  }

  async finishFolder(folder: FileHandle, { mode, changed }: Entry): Promise<void> {
    await folder.chmod(mode & CARRIED);
    await folder.utimes(changed, changed);
  }

  async writeFile(
    folder: FileHandle,
    name: string,
    bytes: AsyncIterable<Buffer>,
    { mode, changed }: Entry,
  ): Promise<void> {
    const partial = below(folder, partialName(name));
    await rm(partial, { force: true });
    try {
      const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
      const file = await open(partial, flags, 0o600);
      try {
        for await (const chunk of bytes) await file.writev([chunk]);
        await file.chmod(mode & CARRIED);
        await file.utimes(changed, changed);
      } finally {
        await file.close();
      }
      await rename(partial, below(folder, name));
    } catch (error) {
      await rm(partial, { force: true });
      throw told(name, error);
    }
  }

  async makeLink(folder: FileHandle, name: string, target: string): Promise<void> {
    const partial = below(folder, partialName(name));
    await rm(partial, { force: true });
    await telling(name, () => symlink(bytesOf(target), partial));
    await telling(name, () => rename(partial, below(folder, name)));
  }

  async room(folder: FileHandle): Promise<number> {
    const { bavail, bsize } = await statfs(`/proc/self/fd/${folder.fd}`);
    return bavail * bsize;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** One name in an open folder: the link in /proc is the folder itself, wherever it has been moved to. */
function below(folder: FileHandle, name: string): Buffer {
  return bytesOf(`/proc/self/fd/${folder.fd}/${name}`);
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function entryOf(name: string, facts: Stats): Entry {
  const kind = facts.isFile()
    ? 'file'
    : facts.isDirectory()
      ? 'folder'
      : facts.isSymbolicLink()
        ? 'link'
        : 'other';
  const { size, uid, gid, mode, mtimeMs } = facts;
  return { name, kind, size, uid, gid, mode: mode & 0o7777, changed: Math.floor(mtimeMs / 1000) };
}

async function telling<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw told(name, error);
  }
}

/** An error of the kernel about one file, as a sentence; what is explained already passes. */
function told(name: string, cause: unknown): Error {
  const { code } = cause as NodeJS.ErrnoException;
  if (cause instanceof AnklumeError || code === undefined)
    return cause instanceof Error ? cause : new Error(String(cause));
  const file = printable(bytesOf(name).toString());
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new AnklumeError({
    code: full ? 'disk-full' : code === 'ENOENT' ? 'no-such-file' : 'file-refused',
    message: full
      ? {
          en: `The disk is full: ${file} was not written.`,
          fr: `Le disque est plein : ${file} n'a pas été écrit.`,
        }
      : { en: `${file} cannot be used (${code}).`, fr: `${file} est inutilisable (${code}).` },
    cause,
  });
}
