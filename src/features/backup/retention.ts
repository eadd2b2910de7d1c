import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { type Backup, oldestFirst } from './folders.ts';
import { CHECKSUMS, MANIFEST, type Manifest } from './manifest.ts';
import { removeAsPart } from './part.ts';

/**
 * Those to remove so that `keep` stay, oldest first, of the same infrastructure and the same scope: a backup of one
 * machine never takes the place of one of everything.
 */
export function outdated(
  backups: readonly Backup[],
  of: Pick<Manifest, 'infrastructure' | 'scope'>,
  keep: number,
): Backup[] {
  const alike = backups
    .filter(({ manifest: { infrastructure, scope } }) => {
      return infrastructure === of.infrastructure && scope === of.scope;
    })
    .sort(oldestFirst);
  return alike.slice(0, Math.max(0, alike.length - keep));
}

/** Removes what a backup wrote and nothing else: a file that somebody put beside it stays, and so does its folder. */
export async function removeBackup({ folder, manifest }: Backup): Promise<void> {
  const own = new Set([MANIFEST, CHECKSUMS, ...manifest.archives.map(({ file }) => file)]);
  if ((await readdir(folder)).every((name) => own.has(name))) {
    await removeAsPart(folder);
    return;
  }
  // Without its manifest it is no backup any more, should the rest be interrupted.
  await rm(join(folder, MANIFEST), { force: true });
  for (const { file } of manifest.archives) await rm(join(folder, file), { force: true });
  await rm(join(folder, CHECKSUMS), { force: true });
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}

/** The number behind `--keep`. Throws `bad-number` (exit 2) for anything but 1 to 9999. */
export function parseKeep(untrustedWord: string): number {
  if (/^[1-9]\d{0,3}$/.test(untrustedWord)) return Number(untrustedWord);
  throw new AnklumeError({
    code: 'bad-number',
    exit: ExitCode.usage,
    message: {
      en: '--keep takes a number from 1 to 9999.',
      fr: '--keep demande un nombre de 1 à 9999.',
    },
  });
}
