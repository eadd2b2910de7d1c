import { lstat, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders, productRoot, readIfExists, writeAtomic } from '../base/system/index.ts';

/**
 * The link `.anklume/product`, by which ansible.cfg finds our roles and plugins wherever the product is installed.
 * It is of this machine alone, so version control is told to pass the folder over.
 */
export async function linkProduct(root: string): Promise<void> {
  const folder = join(root, '.anklume');
  const link = join(folder, 'product');
  const target = productRoot();
  const there = await lstat(link).catch(() => undefined);
  if (there?.isSymbolicLink() && (await readlink(link)) === target) return;
  await makeFolders(folder);
  const ignore = join(folder, '.gitignore');
  if (!(await readIfExists(ignore))) await writeAtomic(ignore, '*\n');
  const fresh = `${link}.${process.pid}`;
  await rm(fresh, { force: true });
  await symlink(target, fresh);
  await rename(fresh, link);
}
