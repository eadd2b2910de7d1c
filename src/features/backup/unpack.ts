import { randomBytes } from 'node:crypto';
import {
  chmod,
  copyFile,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  rmdir,
  symlink,
} from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AnklumeError, ExitCode, type Text } from '../../base/messages/index.ts';
import { makeFolders, printable } from '../../base/system/index.ts';
import { BadArchive, readTar, type UntrustedEntry } from './tar/read.ts';

/** What the files of a project may come to: nothing that a person writes is near, and a disk holds it. */
export const MOST = { bytes: 1024 * 1024 * 1024, files: 100_000 };

/**
 * Puts the files of a project into an empty folder, all of them or none: plain files, folders, and links that stay
 * within. Nothing gets an owner or more rights than those to read, write and run, and nothing else is made: what an
 * archive says is anybody's word. Gives the names that were left out.
 */
export async function unpackProject(
  bytes: AsyncIterable<Buffer>,
  to: string,
  most: typeof MOST = MOST,
): Promise<readonly string[]> {
  const isNew = (await makeFolders(to)) !== undefined;
  let at: string | undefined;
  const part = join(to, `.anklume-${randomBytes(16).toString('hex')}.part`);
  try {
    await mkdir(part, { mode: 0o700 });
    const unpacking = new Unpacking(part, most);
    for await (const entry of readTar(unzipped(bytes))) {
      at = entry.path;
      await unpacking.add(entry);
      at = undefined;
    }
    await unpacking.finish();
    for (const name of await readdir(part)) await rename(join(part, name), join(to, name));
    await rmdir(part);
    return unpacking.leftOut;
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    if (isNew) await rmdir(to).catch(() => {});
    throw explained(error, at);
  }
}

function unzipped(bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const source = Readable.from(bytes);
  const zip = createGunzip();
  source.on('error', (error) => zip.destroy(error));
  zip.on('close', () => source.destroy());
  return source.pipe(zip);
}

class Unpacking {
  readonly leftOut: string[] = [];
  readonly #root: string;
  readonly #most: typeof MOST;
  readonly #links: { readonly path: string; readonly target: string }[] = [];
  readonly #modes: { readonly path: string; readonly mode: number }[] = [];
  #bytes = 0;
  #files = 0;

  constructor(root: string, most: typeof MOST) {
    this.#root = root;
    this.#most = most;
  }

  async add(entry: UntrustedEntry): Promise<void> {
    const path = within(entry.path);
    if (path === '') return;
    this.#files += 1;
    if (this.#files > this.#most.files) throw tooMuch(this.#most);
    const place = join(this.#root, path);
    // No link was made yet, so no name leads elsewhere.
    await makeFolders(dirname(place));
    switch (entry.kind) {
      case 'folder':
        await makeFolders(place);
        this.#modes.push({ path: place, mode: (entry.mode & 0o777) | 0o700 });
        return;
      case 'file':
        return this.#file(place, entry);
      case 'hard-link':
        return copyFile(join(this.#root, within(entry.target)), place, 1);
      case 'link':
        this.#links.push({ path, target: entry.target });
        return;
      case 'other':
        this.leftOut.push(path);
    }
  }

  /** Links and the rights of folders come last: until then they could be in the way. */
  async finish(): Promise<void> {
    for (const { path, target } of this.#links) {
      const end = normalize(join(dirname(path), target));
      if (isAbsolute(target) || end === '..' || end.startsWith('../')) this.leftOut.push(path);
      else await symlink(target, join(this.#root, path));
    }
    for (const { path, mode } of this.#modes.reverse()) await chmod(path, mode & ~process.umask());
  }

  async #file(place: string, { mode, content }: UntrustedEntry): Promise<void> {
    const file = await open(place, 'wx', mode & 0o777);
    try {
      for await (const piece of content) {
        this.#bytes += piece.length;
        if (this.#bytes > this.#most.bytes) throw tooMuch(this.#most);
        await file.writev([piece]);
      }
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

/** A name that leads out of the folder. */
class BadName extends BadArchive {}

/** The path below the folder; empty for the folder itself. Throws `BadName` for one that leads out of it. */
function within(untrustedPath: string): string {
  const steps = untrustedPath.split('/').filter((step) => step !== '' && step !== '.');
  if (isAbsolute(untrustedPath) || untrustedPath.includes('\0') || steps.includes('..'))
    throw new BadName(`path ${printable(untrustedPath).slice(0, 100)}`);
  return steps.join('/');
}

/** `untrustedPath` is the entry at which it came, where it is one's fault. */
function explained(error: unknown, untrustedPath: string | undefined): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  const isBad =
    error instanceof BadArchive ||
    /^(Z_|ERR_|EEXIST|ENOTDIR|EISDIR|ENOENT|ENAMETOOLONG)/.test(code);
  const isName = error instanceof BadName || /^(EEXIST|ENOTDIR|EISDIR)/.test(code);
  return isBad ? unusable(error, isName ? untrustedPath : undefined) : error;
}

function unusable(cause: unknown, untrustedPath: string | undefined): AnklumeError {
  const name = untrustedPath === undefined ? '' : printable(untrustedPath).slice(0, 100);
  return new AnklumeError({
    code: 'archive-unusable',
    message: name
      ? {
          en: `The files of the project in this backup cannot be unpacked: '${name}' leads out of the folder, or is there twice. Nothing of it was kept.`,
          fr: `Les fichiers du projet de cette sauvegarde ne peuvent pas être extraits : « ${name} » mène hors du dossier, ou s'y trouve deux fois. Rien n'en a été gardé.`,
        }
      : {
          en: 'The files of the project in this backup cannot be unpacked: the archive is damaged, or was made by somebody else. Nothing of it was kept.',
          fr: "Les fichiers du projet de cette sauvegarde ne peuvent pas être extraits : l'archive est abîmée, ou faite par quelqu'un d'autre. Rien n'en a été gardé.",
        },
    remedy: REMEDY,
    cause,
  });
}

function tooMuch({ bytes, files }: typeof MOST): AnklumeError {
  const gib = bytes / 2 ** 30;
  return new AnklumeError({
    code: 'archive-too-large',
    exit: ExitCode.failed,
    message: {
      en: `The files of the project in this backup are more than ${gib} GiB or ${files} files. Nothing of it was kept.`,
      fr: `Les fichiers du projet de cette sauvegarde dépassent ${gib} Gio ou ${files} fichiers. Rien n'en a été gardé.`,
    },
    remedy: REMEDY,
  });
}

const REMEDY: Text = {
  en: "'anklume backup verify' tells whether it is what was written; tar unpacks it by hand.",
  fr: "« anklume backup verify » dit si c'est bien ce qui a été écrit ; tar l'extrait à la main.",
};
