import { lstat } from 'node:fs/promises';

/** Whether there is anything by that name, also a link that leads nowhere, or what nobody may look at. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}
