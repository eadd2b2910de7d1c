import { AnklumeError } from '../base/messages/index.ts';
import { isNotFound, type RemoteEntry, type Sftp } from '../incus/index.ts';
import { IDENTITY, MOST_NAMES } from './identity.ts';

/** What is needed of the files of a machine. */
type Files = Pick<Sftp, 'list' | 'remove' | 'write'>;

/**
 * Removes from the files of a stopped machine what makes it this machine. Links are removed, never followed: whoever
 * rules the inside could have put them there. Throws when a part of it could not be removed.
 */
export async function scrub(files: Files): Promise<void> {
  const budget = { left: MOST_NAMES };
  for (const path of IDENTITY.removed) await remove(files, path);
  for (const { folder, name } of IDENTITY.removedLike)
    for (const entry of await entriesOf(files, folder, budget))
      if (name.test(entry.name) && entry.kind !== 'folder')
        await remove(files, `${folder}/${entry.name}`);
  for (const folder of IDENTITY.cleared) await clear(files, folder, budget);
  for (const folder of IDENTITY.silenced) await silence(files, folder, budget);
  for (const path of IDENTITY.emptied) await empty(files, path);
}

interface Budget {
  left: number;
}

async function remove(files: Files, path: string): Promise<void> {
  try {
    await files.remove(path);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** What a folder holds; nothing where there is none, or where something else stands in its place. */
async function entriesOf(files: Files, folder: string, budget: Budget): Promise<RemoteEntry[]> {
  if ((await entryAt(files, folder))?.kind !== 'folder') return [];
  const entries: RemoteEntry[] = [];
  for await (const entry of files.list(folder)) {
    budget.left -= 1;
    if (budget.left < 0) throw tooMuch(folder);
    entries.push(entry);
  }
  return entries;
}

/** Of the name itself, so that a link is a link; undefined where there is none. */
async function entryAt(files: Files, path: string): Promise<RemoteEntry | undefined> {
  const cut = path.lastIndexOf('/');
  const [parent, name] = [path.slice(0, cut) || '/', path.slice(cut + 1)];
  try {
    for await (const entry of files.list(parent)) if (entry.name === name) return entry;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return undefined;
}

async function clear(files: Files, folder: string, budget: Budget): Promise<void> {
  for (const { name, kind } of await entriesOf(files, folder, budget)) {
    const path = `${folder}/${name}`;
    if (kind === 'folder') await clear(files, path, budget);
    await remove(files, path);
  }
}

async function silence(files: Files, folder: string, budget: Budget): Promise<void> {
  for (const entry of await entriesOf(files, folder, budget)) {
    const path = `${folder}/${entry.name}`;
    if (entry.kind === 'folder') await silence(files, path, budget);
    else if (entry.kind === 'file' && entry.size > 0) await replace(files, path, entry);
  }
}

const ROOTS_OWN = { uid: 0, gid: 0, mode: 0o444 };

async function empty(files: Files, path: string): Promise<void> {
  const entry = await entryAt(files, path);
  if (entry) await replace(files, path, entry.kind === 'file' ? entry : ROOTS_OWN);
}

async function replace(
  files: Files,
  path: string,
  { uid, gid, mode }: Pick<RemoteEntry, 'uid' | 'gid' | 'mode'>,
): Promise<void> {
  await remove(files, path);
  await files.write(path, nothing(), { uid, gid, mode });
}

async function* nothing(): AsyncGenerator<Buffer> {}

function tooMuch(folder: string): AnklumeError {
  return new AnklumeError({
    code: 'golden-too-much',
    message: {
      en: `There are more files below ${folder} than can be looked through.`,
      fr: `Il y a plus de fichiers sous ${folder} qu'il n'est possible d'en parcourir.`,
    },
  });
}
