import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfExists } from '../../base/system/index.ts';
import type { InstanceType } from '../../incus/index.ts';

/** One file of a stored image. */
export interface StoredFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
}

/** What the file `<base>.json` says of an image in the folder. It is written last: without it the others do not count. */
export interface StoredImage {
  /** Name of the manifest without its ending. */
  readonly base: string;
  /** As Incus names it: sha256 over the files one after the other. */
  readonly fingerprint: string;
  readonly type: InstanceType;
  /** As the daemon says it: `x86_64`. */
  readonly architecture: string;
  readonly aliases: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  /** One that holds everything, or metadata and root file system. */
  readonly files: readonly StoredFile[];
}

/** The first of what a manifest holds; another shape gets another number. */
const VERSION = 1;

export function manifestText({ base: _, ...image }: StoredImage): string {
  return `${JSON.stringify({ version: VERSION, ...image }, undefined, 2)}\n`;
}

/** `debian-13-204e9c62778b`: for people the alias, for programs the fingerprint. */
export function baseName(alias: string, fingerprint: string): string {
  const words = alias.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '');
  return `${words.slice(0, 80) || 'image'}-${fingerprint.slice(0, 12)}`;
}

/** The images in a folder whose manifest can be read; none where there is no folder. */
export async function storedImages(folder: string): Promise<StoredImage[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .sort()
      .map(async (name) => {
        const bytes = await readIfExists(join(folder, name)).catch(() => undefined);
        return bytes && parseManifest(name.slice(0, -'.json'.length), bytes.toString());
      }),
  );
  return found.filter((image) => image !== undefined);
}

/** A manifest as it was read; undefined for what is none. A file that is not beside it is never named. */
export function parseManifest(base: string, untrustedText: string): StoredImage | undefined {
  let untrusted: unknown;
  try {
    untrusted = JSON.parse(untrustedText);
  } catch {
    return undefined;
  }
  if (!isRecord(untrusted) || untrusted.version !== VERSION) return undefined;
  const { fingerprint, type, architecture, aliases, properties, files } = untrusted;
  if (typeof fingerprint !== 'string' || !/^[0-9a-f]{64}$/.test(fingerprint)) return undefined;
  if (type !== 'container' && type !== 'virtual-machine') return undefined;
  if (typeof architecture !== 'string' || !isStrings(aliases) || !isWords(properties))
    return undefined;
  if (!Array.isArray(files) || files.length < 1 || files.length > 2 || !files.every(isFile))
    return undefined;
  return { base, fingerprint, type, architecture, aliases, properties, files };
}

/** Whether all files are there with the length that they should have. Cheap; damage that keeps it is not seen. */
export async function isComplete(folder: string, { files }: StoredImage): Promise<boolean> {
  const facts = await Promise.all(
    files.map(({ name }) => lstat(join(folder, name)).catch(() => undefined)),
  );
  return facts.every((one, at) => one?.isFile() === true && one.size === files[at]?.size);
}

function isFile(value: unknown): value is StoredFile {
  if (!isRecord(value)) return false;
  const { name, size, sha256 } = value;
  return (
    typeof name === 'string' &&
    /^[A-Za-z0-9_][A-Za-z0-9._-]{0,200}$/.test(name) &&
    typeof size === 'number' &&
    Number.isSafeInteger(size) &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isWords(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((one) => typeof one === 'string');
}
