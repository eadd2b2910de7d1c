import { createHash, randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AnklumeError, type Emit, step } from '../../base/messages/index.ts';
import { acquireLock, makeFolders, readIfExists, writeAtomic } from '../../base/system/index.ts';
import type { Image, Incus } from '../../incus/index.ts';
import {
  baseName,
  isComplete,
  manifestText,
  type StoredFile,
  type StoredImage,
  storedImages,
} from './manifest.ts';
import { isIntact } from './verify.ts';

export interface ExportOptions {
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** Reads what is there already to find damage; otherwise its length is enough. Default true. */
  readonly thorough?: boolean;
}

/** What an export left in the folder: names of images. */
export interface ExportReport {
  readonly folder: string;
  readonly exported: readonly string[];
  readonly unchanged: readonly string[];
}

const PARTIAL = '.partial-';

/** The checksums of all files, as `sha256sum --check` reads them. */
const SUMS = 'SHA256SUMS';

/**
 * Writes images into a folder, those that are there whole excepted. A file has its name only when it is whole, and an
 * image counts only with its manifest, so a run may be killed at any moment. An image that lost its names to a newer
 * one goes.
 */
export async function exportImages(
  incus: Incus,
  images: readonly Image[],
  folder: string,
  options: ExportOptions,
): Promise<ExportReport> {
  await makeFolders(folder, 0o755);
  const key = `image-folder:${folder}`;
  const { emit, signal } = options;
  await using _lock = await acquireLock(key, { command: 'image export', wait: true, emit, signal });
  for (const name of await readdir(folder))
    if (name.startsWith(PARTIAL)) await rm(join(folder, name), { force: true });
  const exported: string[] = [];
  const unchanged: string[] = [];
  for (const image of images) {
    const name = nameOf(image);
    const label = { en: `Export the image ${name}`, fr: `Exporter l'image ${name}` };
    const isNew = await exportOne(incus, image, folder, options, (work) =>
      step(emit, { id: `image:export:${name}`, label }, work),
    );
    (isNew ? exported : unchanged).push(name);
  }
  await writeSums(folder);
  return { folder, exported, unchanged };
}

function nameOf({ aliases, fingerprint }: Image): string {
  return aliases[0]?.name ?? fingerprint.slice(0, 12);
}

/** False where it was there already. */
async function exportOne(
  incus: Incus,
  image: Image,
  folder: string,
  { signal, thorough = true }: ExportOptions,
  told: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<boolean> {
  const stored = await storedImages(folder);
  const present = stored.find(({ fingerprint }) => fingerprint === image.fingerprint);
  const check = thorough ? isIntact : isComplete;
  const base = present?.base ?? baseName(nameOf(image), image.fingerprint);
  const aliases = image.aliases.map(({ name }) => name).sort();
  const whole = present && (await check(folder, present, signal)) ? present : undefined;
  if (whole?.aliases.join('\n') === aliases.join('\n')) return false;
  const files = whole?.files ?? (await told(() => fetch(incus, image, folder, base, signal)));
  const { fingerprint, architecture, properties } = image;
  const type = image.type === 'virtual-machine' ? 'virtual-machine' : 'container';
  const manifest = { base, fingerprint, type, architecture, aliases, properties, files } as const;
  await writeAtomic(join(folder, `${base}.json`), manifestText(manifest));
  for (const other of stored)
    if (other.fingerprint !== fingerprint) await takeNames(folder, other, aliases);
  return true;
}

/** Reads an image's files from the daemon. Throws `image-damaged` where they are not what their fingerprint says. */
async function fetch(
  incus: Incus,
  { fingerprint, type }: Image,
  folder: string,
  base: string,
  signal: AbortSignal,
): Promise<StoredFile[]> {
  const whole = createHash('sha256');
  const begun: { readonly partial: string; readonly file: StoredFile }[] = [];
  const mark = randomBytes(4).toString('hex');
  try {
    for await (const { name: part, bytes } of incus.images.export(fingerprint, { signal })) {
      const partial = join(folder, `${PARTIAL}${mark}-${begun.length}`);
      const name = `${base}${endingOf(part, type)}`;
      begun.push({ partial, file: { name, ...(await write(partial, bytes, whole)) } });
    }
    if (whole.digest('hex') !== fingerprint) throw damaged(fingerprint);
    for (const { partial, file } of begun) await rename(partial, join(folder, file.name));
    return begun.map(({ file }) => file);
  } finally {
    for (const name of await readdir(folder))
      if (name.startsWith(`${PARTIAL}${mark}`)) await rm(join(folder, name), { force: true });
  }
}

function endingOf(part: string, type: string): string {
  if (part === 'unified') return '.image';
  if (part === 'metadata') return '.meta.tar';
  return type === 'virtual-machine' ? '.disk' : '.rootfs';
}

async function write(
  path: string,
  bytes: AsyncIterable<Buffer>,
  whole: ReturnType<typeof createHash>,
): Promise<Pick<StoredFile, 'size' | 'sha256'>> {
  const own = createHash('sha256');
  let size = 0;
  // Everybody may read it: in a nested host nobody is who we are.
  const handle = await open(path, 'wx', 0o644);
  try {
    for await (const chunk of bytes) {
      own.update(chunk);
      whole.update(chunk);
      await handle.writeFile(chunk);
      size += chunk.length;
    }
    await handle.chmod(0o644);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { size, sha256: own.digest('hex') };
}

/** A name is that of one image: another that has it loses it, and goes when it was the last. */
async function takeNames(
  folder: string,
  other: StoredImage,
  names: readonly string[],
): Promise<void> {
  const left = other.aliases.filter((name) => !names.includes(name));
  if (left.length === other.aliases.length) return;
  const path = join(folder, `${other.base}.json`);
  if (left.length > 0) return writeAtomic(path, manifestText({ ...other, aliases: left }));
  // The manifest first: what is left without one is of no account.
  await rm(path, { force: true });
  for (const { name } of other.files) await rm(join(folder, name), { force: true });
}

async function writeSums(folder: string): Promise<void> {
  const files = (await storedImages(folder)).flatMap((image) => image.files);
  const text = files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
  const path = join(folder, SUMS);
  if ((await readIfExists(path))?.toString() !== text) await writeAtomic(path, text);
}

function damaged(fingerprint: string): AnklumeError {
  return new AnklumeError({
    code: 'image-damaged',
    message: {
      en: `The daemon's image ${fingerprint.slice(0, 12)} is not what its fingerprint says; it was not exported.`,
      fr: `L'image ${fingerprint.slice(0, 12)} du démon n'est pas ce que dit son empreinte ; elle n'a pas été exportée.`,
    },
    remedy: {
      en: "Delete it, and let 'anklume image build' get it anew.",
      fr: 'Supprimez-la, puis « anklume image build » la récupérera.',
    },
  });
}
