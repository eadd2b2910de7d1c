import { join } from 'node:path';
import * as v from 'valibot';
import { AnklumeError } from '../../base/messages/index.ts';
import { printable, readWhole } from '../../base/system/index.ts';

/** The file that makes a folder a backup. It is written last, so whoever sees it sees all the rest. */
export const MANIFEST = 'manifest.json';

/** Checksums once more, as `sha256sum --check` reads them. */
export const CHECKSUMS = 'SHA256SUMS';

/** What a backup says of itself, in its manifest. */
export interface Manifest {
  /** Of this file; a reader refuses what is newer than it knows. */
  readonly format: 1;
  readonly anklume: string;
  readonly incus: string;
  readonly created: string;
  readonly infrastructure: string;
  /** The domain or machine that was asked for; null for all. */
  readonly scope: string | null;
  readonly protection: 'none' | 'recipient' | 'passphrase';
  readonly archives: readonly Archive[];
}

export type Archive = InstanceArchive | VolumeArchive | FilesArchive;

interface ArchiveFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface InstanceArchive extends ArchiveFile {
  readonly kind: 'instance';
  readonly name: string;
  readonly project: string;
  readonly domain: string;
  /** Whether it ran when it was backed up. */
  readonly running: boolean;
  /** Names of its custom volumes, as `POOL/NAME`. */
  readonly volumes: readonly string[];
}

export interface VolumeArchive extends ArchiveFile {
  readonly kind: 'volume';
  readonly name: string;
  readonly project: string;
  readonly pool: string;
  readonly domain: string;
}

interface FilesArchive extends ArchiveFile {
  readonly kind: 'files';
}

/** A name that stays in its folder: nothing that a manifest says may lead elsewhere. */
const fileName = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,250}$/));
const objectName = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/));

const archive = {
  file: fileName,
  bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
};

const instanceEntry = v.object({
  ...archive,
  kind: v.literal('instance'),
  name: objectName,
  project: objectName,
  domain: v.string(),
  running: v.boolean(),
  volumes: v.array(v.string()),
});

const volumeEntry = v.object({
  ...archive,
  kind: v.literal('volume'),
  name: objectName,
  project: objectName,
  pool: objectName,
  domain: v.string(),
});

const filesEntry = v.object({ ...archive, kind: v.literal('files') });

const manifestSchema: v.GenericSchema<unknown, Manifest> = v.object({
  format: v.literal(1),
  anklume: v.string(),
  incus: v.string(),
  created: v.pipe(v.string(), v.isoTimestamp()),
  infrastructure: v.string(),
  scope: v.nullable(v.string()),
  protection: v.picklist(['none', 'recipient', 'passphrase']),
  archives: v.array(v.variant('kind', [instanceEntry, volumeEntry, filesEntry])),
});

/** The manifest of a backup's folder. Throws `no-backup` where there is none that can be used. */
export async function readManifest(folder: string): Promise<Manifest> {
  let untrustedText: string;
  try {
    untrustedText = (await readWhole(join(folder, MANIFEST))).toString('utf8');
  } catch (error) {
    throw noBackup(folder, { en: 'it has no manifest', fr: "il n'a pas de manifeste" }, error);
  }
  return parseManifest(folder, untrustedText);
}

/** The same from the text of the file. */
export function parseManifest(folder: string, untrustedText: string): Manifest {
  let untrusted: unknown;
  try {
    untrusted = JSON.parse(untrustedText);
  } catch (error) {
    const why = { en: 'its manifest is not JSON', fr: "son manifeste n'est pas du JSON" };
    throw noBackup(folder, why, error);
  }
  const parsed = v.safeParse(manifestSchema, untrusted);
  if (parsed.success) return parsed.output;
  const at = printable(v.getDotPath(parsed.issues[0]) ?? '').slice(0, 100);
  throw noBackup(folder, {
    en: `its manifest says something unknown at '${at}'`,
    fr: `son manifeste dit quelque chose d'inconnu à « ${at} »`,
  });
}

/** The manifest as it is written. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

export function checksumsText(manifest: Manifest): string {
  return manifest.archives.map(({ sha256, file }) => `${sha256}  ${file}\n`).join('');
}

function noBackup(folder: string, why: { en: string; fr: string }, cause?: unknown): AnklumeError {
  const shown = printable(folder);
  return new AnklumeError({
    code: 'no-backup',
    message: {
      en: `${shown} is not a backup: ${why.en}.`,
      fr: `${shown} n'est pas une sauvegarde : ${why.fr}.`,
    },
    remedy: {
      en: "'anklume backup list' shows the backups of a folder.",
      fr: "« anklume backup list » montre les sauvegardes d'un dossier.",
    },
    ...(cause !== undefined && { cause }),
  });
}

/** Of archives that no backup has written down: nothing else is known of them. */
export function manifestOf(archives: Archive[]): Manifest {
  return {
    format: 1,
    anklume: '',
    incus: '',
    created: '',
    infrastructure: '',
    scope: null,
    protection: 'none',
    archives,
  };
}
