import { join } from 'node:path';
import { homeFolder } from '../../base/system/index.ts';
import { storedImages } from './manifest.ts';

/** Where a nested host sees the images of its host, read-only. */
export const SHARED_IMAGES = '/var/lib/anklume/images';

/** Where images are exported to when nothing else is said: `$ANKLUME_HOME/images`. */
export function imageFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(homeFolder(env), 'images');
}

/** Where images are imported from when nothing else is said: what our host shows us, else what we exported. */
export async function importFolder(): Promise<string> {
  return (await storedImages(SHARED_IMAGES)).length > 0 ? SHARED_IMAGES : imageFolder();
}

/** The folders in which an image is looked for before it is downloaded: ours, then that of our host. */
export function imageFolders(own: string = imageFolder()): string[] {
  return [...new Set([own, imageFolder(), SHARED_IMAGES])];
}
