import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, statfs } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { AnklumeError } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';

/** What is known of an archive once it is whole. */
export interface Written {
  readonly bytes: number;
  readonly sha256: string;
}

/** Room in bytes that stays free beside what is written. */
const SPARE = 4 * 1024 * 1024;

/** Bytes that are collected before they are written: a write for each small chunk would cost more than the copying. */
const BLOCK = 1024 * 1024;

/** Throws `disk-full` where a folder has less room than `bytes`, before anything is written. */
export async function checkRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < bytes + SPARE) throw diskFull(folder, bytes);
}

/** Writes a stream to a new file, whole or not at all, and to the disk before it gets its name. */
export async function writeArchive(path: string, stream: AsyncIterable<Buffer>): Promise<Written> {
  const hash = createHash('sha256');
  const partial = `${path}.part`;
  const file = await open(partial, 'wx', 0o600);
  let bytes = 0;
  try {
    for await (const block of blocks(stream)) {
      hash.update(block);
      await file.writev([block]);
      bytes += block.length;
    }
    await file.sync();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENOSPC' || code === 'EDQUOT'
      ? diskFull(dirname(path), undefined, error)
      : error;
  } finally {
    await file.close();
  }
  await rename(partial, path);
  return { bytes, sha256: hash.digest('hex') };
}

async function* blocks(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    held.push(chunk);
    length += chunk.length;
    if (length < BLOCK) continue;
    yield Buffer.concat(held, length);
    held = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(held, length);
}

/**
 * The bytes of an archive. With `expected`, the end is given only when all of them were what was written:
 * whoever sends them on never ends a stream that was damaged. Throws `backup-damaged`.
 */
export async function* readArchive(path: string, expected?: Written): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, {
    highWaterMark: BLOCK,
  }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    yield chunk;
  }
  if (expected && (bytes !== expected.bytes || hash.digest('hex') !== expected.sha256))
    throw damaged(path);
}

function damaged(path: string): AnklumeError {
  const name = printable(basename(path));
  return new AnklumeError({
    code: 'backup-damaged',
    message: {
      en: `${name} is not what was written: its checksum is another one.`,
      fr: `${name} n'est pas ce qui a été écrit : sa somme de contrôle a changé.`,
    },
    remedy: {
      en: "Use another backup; 'anklume backup verify' tells which are sound.",
      fr: 'Utilisez une autre sauvegarde ; « anklume backup verify » dit lesquelles sont saines.',
    },
  });
}

function diskFull(folder: string, bytes: number | undefined, cause?: unknown): AnklumeError {
  const shown = printable(folder);
  const needed = bytes === undefined ? undefined : `${Math.ceil(bytes / 2 ** 20)} MiB`;
  return new AnklumeError({
    code: 'disk-full',
    message: {
      en: `There is not enough room in ${shown}${needed ? `: ${needed} are needed` : ''}. Nothing of this backup was kept.`,
      fr: `Il n'y a pas assez de place dans ${shown}${needed ? ` : il faut ${needed}` : ''}. Rien de cette sauvegarde n'a été gardé.`,
    },
    remedy: {
      en: 'Make room, or choose another folder with --to.',
      fr: 'Faites de la place, ou choisissez un autre dossier avec --to.',
    },
    ...(cause !== undefined && { cause }),
  });
}
