import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnklumeError } from '../base/messages/index.ts';
import { run } from '../base/system/index.ts';
import type { Places } from './places.ts';

/** Milliseconds for the kernel to write back and let go of a pool's loop device after the last process ended. */
const LOOP_LIMIT = 60_000;

/** The kernel takes mounts and loop devices down shortly after the last process; the next start must not meet them. */
export async function loopDevicesGone(places: Places): Promise<void> {
  const deadline = performance.now() + LOOP_LIMIT;
  for (;;) {
    const devices = await loopDevices(places);
    if (devices.length === 0) return;
    if (performance.now() > deadline) throw stuck(devices.map(({ file }) => file));
    await detach(devices);
    await sleep(20);
  }
}

/** Lets go of the devices that a killed daemon attached and did not come to mount; mounted ones stay. */
export async function detachLoopDevices(places: Places): Promise<void> {
  await detach(await loopDevices(places));
}

/** The kernel keeps a device that is mounted until it is no longer. */
async function detach(devices: readonly LoopDevice[]): Promise<void> {
  // It may go by itself meanwhile.
  for (const { path } of devices) await run(['losetup', '--detach', path], { accept: [0, 1] });
}

interface LoopDevice {
  readonly path: string;
  /** File of the pool that it stands for. */
  readonly file: string;
}

/** By device and inode: the path that the kernel tells is the one inside the sandbox, the same for every sandbox. */
async function loopDevices(places: Places): Promise<LoopDevice[]> {
  const folder = join(places.data, 'disks');
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.img')).map((name) => join(folder, name));
  if (files.length === 0) return [];
  const keys = new Map(
    await Promise.all(files.map(async (file) => [await keyOf(file), file] as const)),
  );
  const columns = 'NAME,BACK-MAJ:MIN,BACK-INO';
  const { stdout } = await run(['losetup', '--list', '--noheadings', '--raw', '--output', columns]);
  return stdout.split('\n').flatMap((line) => {
    const [path = '', device, inode] = line.trim().split(/\s+/);
    const file = keys.get(`${device} ${inode}`);
    return file === undefined ? [] : [{ path, file }];
  });
}

/** A file as losetup(8) tells it: `major:minor inode`, the numbers taken apart as in glibc's gnu_dev_major(). */
async function keyOf(file: string): Promise<string> {
  const { dev, ino } = await stat(file, { bigint: true });
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn & 0xffffffffn);
  return `${major}:${minor} ${ino}`;
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
