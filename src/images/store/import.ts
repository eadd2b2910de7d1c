import { join } from 'node:path';
import { AnklumeError, type Emit, step } from '../../base/messages/index.ts';
import type { Incus } from '../../incus/index.ts';
import { incusArchitecture } from '../architecture.ts';
import { type StoredImage, storedImages } from './manifest.ts';
import { isIntact } from './verify.ts';

interface ImportOptions {
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** What an import brought to the daemon: names of images. */
export interface ImportReport {
  readonly folder: string;
  readonly imported: readonly string[];
  readonly unchanged: readonly string[];
}

/**
 * Brings images of a folder to the daemon, all or those that are named. A name that the daemon knows already is good
 * enough. Throws `image-not-stored` (nothing was done) or `image-file-damaged`.
 */
export async function importImages(
  incus: Incus,
  folder: string,
  names: readonly string[],
  { emit, signal }: ImportOptions,
): Promise<ImportReport> {
  const stored = (await storedImages(folder)).filter(isOurs);
  const missing = names.find((name) => !stored.some(({ aliases }) => aliases.includes(name)));
  if (missing !== undefined) throw notStored(missing, folder, stored);
  const wanted = stored.filter(
    ({ aliases }) => names.length === 0 || aliases.some((name) => names.includes(name)),
  );
  const known = new Set(
    (await incus.images.list()).flatMap((one) => one.aliases.map((a) => a.name)),
  );
  const imported: string[] = [];
  const unchanged: string[] = [];
  for (const image of wanted) {
    const name = image.aliases[0] ?? image.base;
    const open = image.aliases.filter((alias) => !known.has(alias));
    if (image.aliases.length > 0 && open.length === 0) unchanged.push(name);
    else {
      const label = { en: `Import the image ${name}`, fr: `Importer l'image ${name}` };
      await step(emit, { id: `image:import:${name}`, label }, () =>
        importStored(incus, folder, image, open, signal),
      );
      imported.push(name);
    }
  }
  return { folder, imported, unchanged };
}

/** An image under an alias in one of the folders; undefined where none has it whole. */
export async function findStored(
  folders: readonly string[],
  alias: string,
  type: StoredImage['type'],
): Promise<{ readonly folder: string; readonly image: StoredImage } | undefined> {
  for (const folder of folders)
    for (const image of await storedImages(folder))
      if (isOurs(image) && image.type === type && image.aliases.includes(alias))
        return { folder, image };
  return undefined;
}

/** Brings one to the daemon under these names, and gives its fingerprint. Throws `image-file-damaged`. */
export async function importStored(
  incus: Incus,
  folder: string,
  image: StoredImage,
  aliases: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  if (!(await isIntact(folder, image, signal))) throw damaged(folder, image);
  const { type, properties } = image;
  const [first = '', second] = image.files.map(({ name }) => join(folder, name));
  const options = { aliases, properties, ...(signal && { signal }) };
  return second === undefined
    ? incus.images.importFile(first, options)
    : incus.images.importSplit(first, second, { ...options, type });
}

/** Machines of one architecture are not made from images of another. */
function isOurs({ architecture }: StoredImage): boolean {
  return architecture === incusArchitecture();
}

function notStored(name: string, folder: string, stored: readonly StoredImage[]): AnklumeError {
  const known = stored.flatMap(({ aliases }) => aliases).join(', ');
  return new AnklumeError({
    code: 'image-not-stored',
    message: {
      en: `There is no image '${name}' in ${folder}.`,
      fr: `Il n'y a pas d'image « ${name} » dans ${folder}.`,
    },
    remedy:
      known === ''
        ? {
            en: "The folder holds none; 'anklume image export' on the host puts some there.",
            fr: "Le dossier n'en contient aucune ; « anklume image export » sur l'hôte en dépose.",
          }
        : { en: `It has: ${known}.`, fr: `Il contient : ${known}.` },
  });
}

function damaged(folder: string, { base }: StoredImage): AnklumeError {
  return new AnklumeError({
    code: 'image-file-damaged',
    message: {
      en: `The files of ${join(folder, base)} are not what their checksum says`,
      fr: `Les fichiers de ${join(folder, base)} ne sont pas ce que dit leur somme de contrôle`,
    },
    remedy: {
      en: "'anklume image export' on the host makes them anew.",
      fr: "« anklume image export » sur l'hôte les refait.",
    },
  });
}
