import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AnklumeError } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import { readArchive } from './archive.ts';
import { type Archive, type Manifest, readManifest } from './manifest.ts';

/** How one archive was found. */
export interface Verdict {
  readonly file: string;
  readonly state: 'sound' | 'damaged' | 'missing';
  readonly bytes: number;
}

/**
 * Reads every archive of a backup, or the one archive that `path` names, and compares it with its checksum. Nothing
 * is restored and no key is needed. Throws `no-backup` where there is no manifest to compare with.
 */
export async function verifyBackup(
  path: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<{ readonly manifest: Manifest; readonly verdicts: readonly Verdict[] }> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
  const folder = isFolder ? path : dirname(path);
  const manifest = await readManifest(folder);
  const wanted = manifest.archives.filter(({ file }) => isFolder || file === basename(path));
  if (wanted.length === 0) throw notInManifest(path);
  const verdicts: Verdict[] = [];
  for (const archive of wanted) {
    options.signal?.throwIfAborted();
    verdicts.push(await judge(folder, archive, options.signal));
  }
  return { manifest, verdicts };
}

function notInManifest(path: string): AnklumeError {
  const shown = printable(path);
  return new AnklumeError({
    code: 'no-backup',
    message: {
      en: `${shown} is not part of the backup it lies in: there is no checksum to compare with.`,
      fr: `${shown} ne fait pas partie de la sauvegarde où il se trouve : il n'y a pas de somme de contrôle à comparer.`,
    },
  });
}

async function judge(
  folder: string,
  archive: Archive,
  signal: AbortSignal | undefined,
): Promise<Verdict> {
  const { file, bytes } = archive;
  try {
    for await (const _ of readArchive(join(folder, file), archive)) signal?.throwIfAborted();
    return { file, state: 'sound', bytes };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return { file, state: 'missing', bytes };
    if (error instanceof AnklumeError) return { file, state: 'damaged', bytes };
    throw error;
  }
}
