import { rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolders, run } from '../../base/system/index.ts';
import { makeInitrd } from './initrd.ts';
import type { Recipe } from './recipe.ts';

/** Adds the recipe's own files and units to a fresh root file system. */
export async function furnishRoot(recipe: Recipe, root: string): Promise<void> {
  for (const [path, text] of Object.entries(recipe.files)) {
    await makeFolders(dirname(join(root, path)));
    await rm(join(root, path), { force: true });
    await writeFile(join(root, path), text);
  }
  await run(['chroot', root, 'systemctl', 'enable', '--quiet', ...recipe.enabled]);
  for (const unit of recipe.masked) {
    const path = join(root, 'etc/systemd/system', unit);
    await rm(path, { force: true });
    await symlink('/dev/null', path);
  }
  if (recipe.type === 'virtual-machine') await makeInitrd(root);
}
