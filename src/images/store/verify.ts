import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { isComplete, type StoredImage } from './manifest.ts';

/** Whether the files hold what the image's fingerprint says. Reads all of them. */
export async function isIntact(
  folder: string,
  image: StoredImage,
  signal?: AbortSignal,
): Promise<boolean> {
  if (!(await isComplete(folder, image))) return false;
  const hash = createHash('sha256');
  for (const { name } of image.files)
    for await (const chunk of createReadStream(join(folder, name))) {
      signal?.throwIfAborted();
      hash.update(chunk as Buffer);
    }
  return hash.digest('hex') === image.fingerprint;
}
