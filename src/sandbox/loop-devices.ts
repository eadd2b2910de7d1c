import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnklumeError } from '../messages/index.ts';
import { run } from '../system/index.ts';
import type { Places } from './places.ts';

/** Milliseconds for the kernel to write back and let go of a pool's loop device after the last process ended. */
const LOOP_LIMIT = 60_000;

/** The kernel takes mounts and loop devices down shortly after the last process; the next start must not meet them. */
export async function loopDevicesGone(places: Places): Promise<void> {
  const files = await poolFiles(places);
  if (files.length === 0) return;
  const deadline = performance.now() + LOOP_LIMIT;
  for (;;) {
    const busy = busyFiles(files, await backingInodes());
    if (busy.length === 0) return;
    if (performance.now() > deadline) throw stuck(busy);
    await sleep(20);
  }
}

interface PoolFile {
  readonly path: string;
  readonly inode: number;
}

async function poolFiles(places: Places): Promise<PoolFile[]> {
  const folder = join(places.data, 'disks');
  const names = await readdir(folder).catch(() => []);
  const paths = names.filter((name) => name.endsWith('.img')).map((name) => join(folder, name));
  return Promise.all(paths.map(async (path) => ({ path, inode: (await stat(path)).ino })));
}

/** By inode: the path that the kernel tells is the one inside the sandbox, the same for every sandbox. */
function busyFiles(files: readonly PoolFile[], inodes: ReadonlySet<number>): string[] {
  return files.filter((file) => inodes.has(file.inode)).map((file) => file.path);
}

async function backingInodes(): Promise<Set<number>> {
  const { stdout } = await run(['losetup', '--list', '--noheadings', '--output', 'BACK-INO']);
  return new Set(stdout.split('\n').map(Number).filter(Boolean));
}

function stuck(files: readonly string[]): AnklumeError {
  const list = files.join(', ');
  return new AnklumeError({
    code: 'sandbox-stuck',
    message: {
      en: `The kernel still uses the sandbox's storage: ${list}.`,
      fr: `Le noyau utilise encore le stockage du bac à sable : ${list}.`,
    },
    remedy: {
      en: "Something keeps a file of it open, such as a shell inside; 'losetup --list' shows the device.",
      fr: 'Un fichier y reste ouvert, par un interpréteur de commandes par exemple ; « losetup --list » montre le périphérique.',
    },
  });
}
