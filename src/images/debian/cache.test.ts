import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cached, record, type SplitImage } from './cache.ts';

let folder: string;
let image: SplitImage;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-cache-'));
  image = { metadata: join(folder, 'x.meta.tar'), rootfs: join(folder, 'x.squashfs') };
  await writeFile(image.metadata, 'metadata');
  await writeFile(image.rootfs, 'root');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('uses an image only when it was declared whole', async () => {
  expect(await cached(folder, 'x', 'container')).toBeUndefined();
  await record(folder, 'x', image);
  expect(await cached(folder, 'x', 'container')).toEqual(image);
});

// Matrix: IM-303
it('does not use an image that was damaged or lost a file, also later', async () => {
  await record(folder, 'x', image);
  await appendFile(image.rootfs, '!');
  expect(await cached(folder, 'x', 'container')).toBeUndefined();
  await record(folder, 'x', image);
  await rm(image.metadata);
  expect(await cached(folder, 'x', 'container')).toBeUndefined();
  await writeFile(image.metadata, 'metadata');
  expect(await cached(folder, 'x', 'container')).toBeUndefined();
});
