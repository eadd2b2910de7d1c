import { isKind } from './errors.ts';
import type { Read } from './options.ts';

/**
 * Reads, decides, writes with the ETag of that reading. When somebody else wrote in between it reads and
 * decides once more; a second such refusal is thrown. `decide` returns undefined where nothing is to do.
 */
export async function readAndWrite<T, P>(
  read: () => Promise<Read<T>>,
  decide: (value: T) => P | undefined,
  write: (put: P, etag: string) => Promise<void>,
): Promise<void> {
  const attempt = async () => {
    const { value, etag } = await read();
    const put = decide(value);
    if (put !== undefined) await write(put, etag);
  };
  try {
    await attempt();
  } catch (error) {
    if (!isKind(error, 'etag-mismatch')) throw error;
    await attempt();
  }
}
