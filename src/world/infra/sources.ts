import { constants } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem, Text } from '../../base/messages/index.ts';
import { isThere } from '../../base/system/index.ts';

/** Bytes of one file; the largest file that a person wrote is far below, and the reader needs seconds above. */
const LARGEST_FILE = 2 * 1024 * 1024;
/** Bytes of all files of a folder together. */
const LARGEST_FOLDER = 8 * 1024 * 1024;

/** One file of the declared world, and the part it plays. */
export interface SourceText {
  readonly file: string;
  readonly part: 'whole' | 'base' | 'domains' | 'policies';
  readonly text: string;
}

/** What stands on disk, with everything unreadable told as a problem. */
export interface Sources {
  readonly texts: readonly SourceText[];
  readonly problems: readonly Problem[];
}

/** Reads infra.yml, or the files of a folder infra/ in the order in which they are merged. */
export async function readSources(path: string): Promise<Sources> {
  const kind = await kindOf(path);
  if (kind === 'file') return gather([{ file: path, part: 'whole' }]);
  if (kind === 'folder' && !/\.ya?ml$/.test(path)) return readFolder(path);
  const problem =
    kind === 'folder'
      ? notAFile(path, { en: 'is a folder', fr: 'est un dossier' })
      : unreadable(path, kind);
  return { texts: [], problems: [problem] };
}

async function readFolder(folder: string): Promise<Sources> {
  const wanted: Omit<SourceText, 'text'>[] = [];
  const problems: Problem[] = [];
  const base = join(folder, 'base.yml');
  if (await isThere(base)) wanted.push({ file: base, part: 'base' });
  else problems.push(noBase(folder, base));
  const domains = join(folder, 'domains');
  for (const name of await namesIn(domains, problems))
    if (/\.ya?ml$/.test(name) && !name.startsWith('.'))
      wanted.push({ file: join(domains, name), part: 'domains' });
  const policies = join(folder, 'policies.yml');
  if (await isThere(policies)) wanted.push({ file: policies, part: 'policies' });
  const read = await gather(wanted);
  return { texts: read.texts, problems: [...problems, ...read.problems] };
}

/** Names in code point order, so that merging does not depend on the machine's language. */
async function namesIn(folder: string, problems: Problem[]): Promise<string[]> {
  if (!(await isThere(folder))) return [];
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    problems.push(unreadable(folder, codeOf(error)));
    return [];
  }
}

async function gather(wanted: readonly Omit<SourceText, 'text'>[]): Promise<Sources> {
  const texts: SourceText[] = [];
  const problems: Problem[] = [];
  let total = 0;
  for (const source of wanted) {
    const read = await readText(source.file, LARGEST_FOLDER - total);
    if (typeof read !== 'string') problems.push(read);
    else {
      total += read.length;
      texts.push({ ...source, text: read });
    }
  }
  return { texts, problems };
}

async function readText(file: string, room: number): Promise<string | Problem> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) return notAFile(file, { en: 'is a folder', fr: 'est un dossier' });
    if (!found.isFile())
      return notAFile(file, { en: 'is not a plain file', fr: "n'est pas un fichier ordinaire" });
    const limit = Math.min(LARGEST_FILE, room);
    const bytes = await readAtMost(file, limit);
    if (bytes.length > limit) return tooLarge(file);
    return decode(file, bytes);
  } catch (error) {
    return unreadable(file, codeOf(error));
  }
}

/** Up to one byte more than `limit`: a file that grows while it is read must not fill the memory. */
async function readAtMost(file: string, limit: number): Promise<Uint8Array> {
  // A kernel log, where nothing is at the moment, keeps nobody waiting.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    while (size <= limit) {
      const chunk = new Uint8Array(64 * 1024);
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) break;
      chunks.push(chunk.subarray(0, bytesRead));
      size += bytesRead;
    }
    return Buffer.concat(chunks);
  } finally {
    await handle.close();
  }
}

function decode(file: string, bytes: Uint8Array): string | Problem {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fileProblem(
      'not-utf8',
      file,
      {
        en: 'This file is not valid UTF-8 text.',
        fr: "Ce fichier n'est pas du texte UTF-8 valide.",
      },
      {
        en: 'Save it again with the encoding UTF-8.',
        fr: "Enregistrez-le à nouveau avec l'encodage UTF-8.",
      },
    );
  }
}

/** What a path leads to; an error code when it leads nowhere. Symbolic links are followed. */
async function kindOf(path: string): Promise<'file' | 'folder' | string> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'folder' : 'file';
  } catch (error) {
    return codeOf(error);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'EIO';
}

function fileProblem(code: string, file: string, message: Text, remedy: Text): Problem {
  return {
    code,
    severity: 'error',
    path: [],
    place: { file, line: 1, column: 1 },
    message,
    remedy,
  };
}

function tooLarge(file: string): Problem {
  const mib = LARGEST_FILE / 1024 / 1024;
  return fileProblem(
    'file-too-large',
    file,
    { en: `This file is larger than ${mib} MiB.`, fr: `Ce fichier dépasse ${mib} Mio.` },
    {
      en: 'Check that it is the right file; split a large world into infra/domains/*.yml.',
      fr: "Vérifiez que c'est le bon fichier ; répartissez un grand monde dans infra/domains/*.yml.",
    },
  );
}

function notAFile(file: string, what: Text): Problem {
  return fileProblem(
    'not-a-file',
    file,
    { en: `${file} ${what.en}.`, fr: `${file} ${what.fr}.` },
    {
      en: 'Put a plain YAML file there, or a folder infra/ with base.yml and domains/.',
      fr: 'Mettez-y un fichier YAML ordinaire, ou un dossier infra/ avec base.yml et domains/.',
    },
  );
}

function noBase(folder: string, file: string): Problem {
  return fileProblem(
    'missing-base-file',
    file,
    {
      en: `The folder ${folder} has no base.yml.`,
      fr: `Le dossier ${folder} n'a pas de base.yml.`,
    },
    {
      en: 'Create it with project_name and global.',
      fr: 'Créez-le avec project_name et global.',
    },
  );
}

/** Why a path cannot be read, from the system's error code. */
function unreadable(file: string, code: string): Problem {
  const reasons: Readonly<Record<string, Text>> = {
    ENOENT: { en: 'there is no such file', fr: "ce fichier n'existe pas" },
    EACCES: { en: 'permission is missing', fr: 'la permission manque' },
    EAGAIN: { en: 'it is a stream that has no end', fr: "c'est un flux qui n'a pas de fin" },
    ELOOP: { en: 'its symbolic links go in circles', fr: 'ses liens symboliques tournent en rond' },
  };
  const reason = reasons[code] ?? {
    en: `the system says ${code}`,
    fr: `le système répond ${code}`,
  };
  return fileProblem(
    'unreadable-file',
    file,
    {
      en: `${file} cannot be read: ${reason.en}.`,
      fr: `${file} ne peut pas être lu : ${reason.fr}.`,
    },
    {
      en: 'Check the path, the permissions and where its links lead.',
      fr: 'Vérifiez le chemin, les permissions et la cible des liens.',
    },
  );
}
