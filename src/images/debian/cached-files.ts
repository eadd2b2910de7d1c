import { join } from 'node:path';
import { cacheFolder } from '../../base/system/index.ts';
import { parseReference } from '../reference.ts';
import { cached } from './cache.ts';
import { cacheName, debianRecipe } from './recipe.ts';

/**
 * The files by which another machine's cache has the container image too, where it was built here from packages: to
 * be placed in its folder `images` under the same names, in this order. Empty where it is not in this cache.
 */
export async function cachedFiles(reference: string): Promise<string[]> {
  const recipe = debianRecipe(parseReference(reference).alias);
  if (!recipe) return [];
  const folder = join(cacheFolder(), 'images');
  const name = cacheName(recipe);
  const image = await cached(folder, name, recipe.type);
  // The checksum is last: without it the others are not used.
  return image ? [image.metadata, image.rootfs, join(folder, `${name}.sha256`)] : [];
}
