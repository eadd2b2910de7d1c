import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Lends `work` a path at which `end` makes a file appear: so those who look at packets learn that those who send
 * elsewhere have ended. Both are gone afterwards.
 */
export async function withEndFile<T>(
  work: (until: string, end: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'anklume-prove-'));
  const until = join(folder, 'ended');
  try {
    return await work(until, () => writeFile(until, ''));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
