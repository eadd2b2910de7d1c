import { lstat, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Problem, Text } from '../../base/messages/index.ts';
import { readIfExists } from '../../base/system/index.ts';

/** Bytes beyond which a file is no variable file; reading it would only cost memory. */
const LARGEST = 8 * 1024 * 1024;

/** A file of the tree as it stands on disk now; without bytes it does not exist yet. */
export interface FileOnDisk {
  /** Absolute, every link followed. */
  readonly target: string;
  readonly bytes?: Buffer;
  /** Permission bits to keep when the file is replaced. */
  readonly mode?: number;
}

/** Looks at a file that sync may write: it must lie below the project root, whatever links say. */
export async function lookAt(root: string, path: string): Promise<FileOnDisk | Problem> {
  try {
    const top = await realpath(root).catch(() => resolve(root));
    const folder = dirname(path);
    const folderThere = await follow(top, join(top, folder), folder);
    if (typeof folderThere === 'object') return folderThere;
    if (folderThere === undefined) return { target: join(top, path) };
    const file = join(folderThere, basename(path));
    const target = await follow(top, file, path);
    if (typeof target === 'object') return target;
    if (target === undefined) return { target: file };
    const bytes = await readWhole(target, path);
    if (bytes === undefined) return { target };
    if (!Buffer.isBuffer(bytes)) return bytes;
    return { target, bytes, mode: (await stat(target)).mode & 0o777 };
  } catch (error) {
    return unreadable(path, error);
  }
}

/** The bytes of a file that is only read: it may be a link to anywhere. Undefined when there is none. */
export async function readTreeFile(
  root: string,
  path: string,
): Promise<Buffer | Problem | undefined> {
  try {
    return await readWhole(join(root, path), path);
  } catch (error) {
    return unreadable(path, error);
  }
}

async function readWhole(target: string, path: string): Promise<Buffer | Problem | undefined> {
  const facts = await stat(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (facts === undefined) return undefined;
  // Opening a named pipe would wait for a writer for ever.
  if (!facts.isFile()) return problemAt('tree-not-a-file', path, NOT_A_FILE, MOVE_AWAY);
  if (facts.size > LARGEST) return problemAt('tree-file-too-large', path, TOO_LARGE, MOVE_AWAY);
  try {
    return await readIfExists(target, LARGEST);
  } catch (error) {
    // What the kernel shows as a file and gives piece by piece has no end.
    if (isEndless(error)) return problemAt('tree-not-a-file', path, NOT_A_FILE, MOVE_AWAY);
    throw error;
  }
}

function isEndless(error: unknown): boolean {
  return ['EAGAIN', 'EFBIG'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** Where a path really leads; undefined when nothing is there, a problem when it leads out of `top`. */
async function follow(
  top: string,
  absolute: string,
  path: string,
): Promise<string | Problem | undefined> {
  const there = await lstat(absolute).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!there) return undefined;
  const target = there.isSymbolicLink()
    ? await realpath(absolute).catch(() => undefined)
    : absolute;
  if (target === undefined) return problemAt('tree-broken-link', path, BROKEN_LINK, MOVE_AWAY);
  const way = relative(top, target);
  if (way === '..' || way.startsWith('../') || isAbsolute(way))
    return problemAt('tree-outside-project', path, OUTSIDE, {
      en: 'Replace the link with a real folder or file.',
      fr: 'Remplacez le lien par un vrai dossier ou fichier.',
    });
  return target;
}

const NOT_A_FILE: Text = {
  en: 'Something that is not a file stands where a file of the tree belongs.',
  fr: "Quelque chose qui n'est pas un fichier occupe la place d'un fichier de l'arborescence.",
};
const NOT_A_FOLDER: Text = {
  en: 'A file stands where a folder of the tree belongs.',
  fr: "Un fichier occupe la place d'un dossier de l'arborescence.",
};
const TOO_LARGE: Text = {
  en: 'This file is larger than 8 MiB: it cannot be a file of variables.',
  fr: 'Ce fichier dépasse 8 Mio : ce ne peut pas être un fichier de variables.',
};
const BROKEN_LINK: Text = {
  en: 'This symbolic link leads nowhere.',
  fr: 'Ce lien symbolique ne mène nulle part.',
};
const OUTSIDE: Text = {
  en: 'This symbolic link leads out of the project folder, where nothing is ever written.',
  fr: "Ce lien symbolique mène hors du dossier du projet, où rien n'est jamais écrit.",
};
const MOVE_AWAY: Text = {
  en: 'Move it elsewhere or remove it.',
  fr: 'Déplacez-le ailleurs ou supprimez-le.',
};

function unreadable(path: string, error: unknown): Problem {
  const reason = (error as NodeJS.ErrnoException).code ?? String(error);
  if (reason === 'ENOTDIR')
    return problemAt('tree-not-a-folder', dirname(path), NOT_A_FOLDER, MOVE_AWAY);
  return problemAt('tree-unreadable', path, {
    en: `This cannot be read (${reason}).`,
    fr: `Ceci ne peut pas être lu (${reason}).`,
  });
}

function problemAt(code: string, file: string, message: Text, remedy?: Text): Problem {
  const place = { file, line: 1, column: 1 };
  return { code, severity: 'error', path: [], place, message, ...(remedy && { remedy }) };
}
