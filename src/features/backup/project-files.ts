import { constants } from 'node:fs';
import { lstat, open, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, join, normalize, relative } from 'node:path';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { AnklumeError, type Emit } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import { type Entry, writeTar } from './tar/write.ts';
import { MOST } from './unpack.ts';

/**
 * What makes a project, beside its machines: the declarations, the tree, the person's own plays, roles and what they
 * use, the rules. A folder may hold much else, such as all that is a person's, so it is not taken as a whole.
 */
const FOLDERS = new Set([
  ...['infra', 'inventory', 'group_vars', 'host_vars', 'nftables'],
  ...[
    'roles',
    'roles_custom',
    'playbooks',
    'tasks',
    'handlers',
    'files',
    'templates',
    'vars',
    'library',
  ],
  ...[
    'filter_plugins',
    'lookup_plugins',
    'callback_plugins',
    'module_utils',
    'collections',
    'schemas',
  ],
]);
const FILES = /\.(ya?ml|cfg|j2|md|txt)$|^(\.gitignore|\.ansible-lint|\.yamllint|Makefile|LICENSE)$/;

/** The files of a project as one compressed archive. What cannot be in it is told. */
export function projectFiles(root: string, emit: Emit): AsyncIterable<Buffer> {
  const tar = Readable.from(writeTar(new Walk(root, emit).entries()));
  const zip = createGzip();
  tar.on('error', (error) => zip.destroy(error));
  zip.on('close', () => tar.destroy());
  return tar.pipe(zip);
}

class Walk {
  readonly #root: string;
  readonly #emit: Emit;
  #top = '';
  #bytes = 0;
  #files = 0;

  constructor(root: string, emit: Emit) {
    this.#root = root;
    this.#emit = emit;
  }

  async *entries(): AsyncGenerator<Entry> {
    this.#top = await realpath(this.#root);
    for (const name of (await readdir(this.#top)).sort()) {
      const facts = await stat(join(this.#top, name)).catch(() => undefined);
      const isPart = facts?.isDirectory() ? FOLDERS.has(name) : FILES.test(name);
      // A link that leads nowhere is told below where it has the name of a part.
      if (isPart || (!facts && FOLDERS.has(name))) yield* this.#entry(name, []);
    }
  }

  /** `above` holds the folders around, as they really are: one that contains itself has no end. */
  async *#entry(path: string, above: readonly string[]): AsyncGenerator<Entry> {
    const place = join(this.#top, path);
    const link = await lstat(place);
    const target = link.isSymbolicLink() ? await readlink(place) : undefined;
    if (target !== undefined && staysWithin(path, target)) {
      this.#count();
      yield { path, mode: 0o777, mtimeMs: link.mtimeMs, content: { kind: 'link', target } };
      return;
    }
    // A link that leads out of the project would lead nowhere after a restore: what it leads to is taken.
    const facts = await stat(place).catch(() => undefined);
    if (facts?.isDirectory()) yield* this.#folder(path, facts, above);
    else if (facts?.isFile()) yield* this.#file(path);
    else this.#leftOut(path);
  }

  async *#folder(
    path: string,
    { mode, mtimeMs }: { readonly mode: number; readonly mtimeMs: number },
    above: readonly string[],
  ): AsyncGenerator<Entry> {
    const place = join(this.#top, path);
    const real = await realpath(place);
    if (above.includes(real) || !relative(real, this.#top).startsWith('..'))
      return this.#leftOut(path);
    this.#count();
    yield { path, mode, mtimeMs, content: { kind: 'folder' } };
    for (const name of (await readdir(place)).sort())
      yield* this.#entry(join(path, name), [...above, real]);
  }

  async *#file(path: string): AsyncGenerator<Entry> {
    // Of a file that never ends, as below /proc, only as much is read as it says to have.
    const file = await open(join(this.#top, path), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { mode, mtimeMs, size } = await file.stat();
      this.#count(size);
      const options = { start: 0, end: size - 1, autoClose: false };
      const bytes = size === 0 ? Readable.from([]) : file.createReadStream(options);
      yield { path, mode, mtimeMs, content: { kind: 'file', size, bytes } };
    } finally {
      await file.close();
    }
  }

  #count(bytes = 0): void {
    this.#bytes += bytes;
    this.#files += 1;
    if (this.#bytes > MOST.bytes || this.#files > MOST.files) throw tooMuch(this.#root);
  }

  #leftOut(path: string): void {
    const shown = printable(path);
    this.#emit({
      type: 'note',
      level: 'warning',
      code: 'backup-left-out',
      text: {
        en: `Not in the backup: ${shown}, which is neither a file nor a folder, or a link to what is around it.`,
        fr: `Absent de la sauvegarde : ${shown}, qui n'est ni un fichier ni un dossier, ou un lien vers ce qui l'entoure.`,
      },
    });
  }
}

/** Whether a link that is written so leads to something that is in the backup too. */
function staysWithin(path: string, target: string): boolean {
  const end = normalize(join(dirname(path), target));
  const [first = '', ...below] = end.split('/');
  return (
    !target.startsWith('/') && (FOLDERS.has(first) || (below.length === 0 && FILES.test(first)))
  );
}

function tooMuch(root: string): AnklumeError {
  const [shown, gib] = [printable(root), MOST.bytes / 2 ** 30];
  return new AnklumeError({
    code: 'project-too-large',
    message: {
      en: `The files of the project in ${shown} are more than ${gib} GiB or ${MOST.files} files. Nothing of this backup was kept.`,
      fr: `Les fichiers du projet dans ${shown} dépassent ${gib} Gio ou ${MOST.files} fichiers. Rien de cette sauvegarde n'a été gardé.`,
    },
    remedy: {
      en: 'Keep large files outside the project folder.',
      fr: 'Gardez les gros fichiers hors du dossier du projet.',
    },
  });
}
