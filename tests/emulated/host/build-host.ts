import { copyFile, mkdir, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { acquireLock, cacheFolder, run } from '../../../src/base/system/index.ts';
import { bootstrap, confined } from '../../../src/images/debian/bootstrap.ts';
import { makeInitrd } from '../../../src/images/debian/initrd.ts';
import { type HostRecipe, recipeName } from './recipe.ts';

/** What QEMU boots: a kernel, its initrd and a disk that is one ext4 file system. */
export interface HostImage {
  readonly name: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly disk: string;
}

/** The emulated host's image, from the cache or built from packages: about two minutes on two free cores. */
export async function hostImage(recipe: HostRecipe): Promise<HostImage> {
  const name = recipeName(recipe);
  const folder = join(cacheFolder(), 'emulated', name);
  const image = {
    name,
    kernel: join(folder, 'vmlinuz'),
    initrd: join(folder, 'initrd.img'),
    disk: join(folder, 'disk.img'),
  };
  await using _lock = await acquireLock(`emulated:${folder}`, { command: 'test', wait: true });
  // The folder is renamed into place when it is whole.
  if (await stat(folder).catch(() => undefined)) return image;
  const work = `${folder}.building`;
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  try {
    await build(recipe, work);
    await rename(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return image;
}

async function build(recipe: HostRecipe, work: string): Promise<void> {
  const root = join(work, 'rootfs');
  await bootstrap(recipe, root);
  for (const [path, text] of Object.entries(recipe.files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await mkdir(join(root, 'share'));
  await run(['chroot', root, 'systemctl', 'enable', '--quiet', ...recipe.enabled]);
  for (const unit of recipe.masked)
    await symlink('/dev/null', join(root, 'etc/systemd/system', unit));
  await makeInitrd(root);
  await copyFile(join(root, 'vmlinuz'), join(work, 'vmlinuz'));
  await copyFile(join(root, 'initrd.img'), join(work, 'initrd.img'));
  const disk = join(work, 'disk.img');
  await writeFile(disk, '');
  await truncate(disk, 3 * 2 ** 30);
  // A throw-away overlay is written to, never this file: a journal would protect nothing.
  await confined(['mkfs.ext4', '-q', '-F', '-O', '^has_journal', '-d', root, disk]);
  await rm(root, { recursive: true });
}
