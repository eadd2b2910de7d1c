import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfExists, writeAtomic } from '../../base/system/index.ts';
import type { InstanceType } from '../../incus/index.ts';

/** The two files of a split image. */
export interface SplitImage {
  readonly metadata: string;
  readonly rootfs: string;
}

/** Where the image `name` stands in the cache. */
export function imageFiles(folder: string, name: string, type: InstanceType): SplitImage {
  const ending = type === 'virtual-machine' ? 'qcow2' : 'squashfs';
  return {
    metadata: join(folder, `${name}.meta.tar`),
    rootfs: join(folder, `${name}.${ending}`),
  };
}

/** The cached image `name`, when it is whole. Damaged files are removed, so that they are made again. */
export async function cached(
  folder: string,
  name: string,
  type: InstanceType,
): Promise<SplitImage | undefined> {
  const expected = (await readIfExists(sumFile(folder, name)))?.toString('utf8').trim();
  if (expected === undefined) return undefined;
  const image = imageFiles(folder, name, type);
  if ((await checksum(image)) === expected) return image;
  await rm(sumFile(folder, name), { force: true });
  return undefined;
}

/** Declares the image whole. Written last: without this file the others are never used. */
export async function record(folder: string, name: string, image: SplitImage): Promise<SplitImage> {
  await writeAtomic(sumFile(folder, name), `${await checksum(image)}\n`);
  return image;
}

function sumFile(folder: string, name: string): string {
  return join(folder, `${name}.sha256`);
}

/** sha256 over both files; undefined when one is missing. */
async function checksum({ metadata, rootfs }: SplitImage): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for (const path of [metadata, rootfs])
      for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return hash.digest('hex');
}
