import { readlink, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../base/system/index.ts';

/**
 * Makes the initrd of the kernel in a root file system, and the link `initrd.img` beside `vmlinuz` that names it.
 * To be called when everything stands that decides what the initrd holds.
 */
export async function makeInitrd(root: string): Promise<void> {
  await run(['chroot', root, 'update-initramfs', '-c', '-k', 'all'], { env: { LC_ALL: 'C' } });
  const kernel = await readlink(join(root, 'vmlinuz'));
  const link = join(root, 'initrd.img');
  await rm(link, { force: true });
  await symlink(kernel.replace('vmlinuz-', 'initrd.img-'), link);
}
