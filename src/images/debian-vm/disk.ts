import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ConfinedOptions, confined } from '../debian/bootstrap.ts';
import { ESP_GRUB_CONFIG, ESP_ID, ESP_PROGRAMS, ROOT_UUID } from './boot.ts';

/** All in sectors of 512 bytes. Incus enlarges the disk and the guest its file system, so that 2 GiB is no limit. */
const SECTOR = 512;
const DISK = 2 ** 22;
const ESP = { start: 2048, size: 131_072 };
const ROOT_START = ESP.start + ESP.size;
/** The last MiB is left for the copy of the partition table. */
const ROOT_SIZE = DISK - 2048 - ROOT_START;

/** Types of partitions in sgdisk's numbers: EFI system, and Linux root for x86-64. */
const TYPES = { esp: 'ef00', root: '8304' };

/**
 * Makes `target`, a qcow2 disk that boots the root file system `root` by UEFI. No loop device and no mount is needed.
 * Throws `program-failed` when the files do not fit.
 */
export async function packDisk(
  root: string,
  target: string,
  options: ConfinedOptions,
): Promise<void> {
  const disk = `${target}.raw`;
  await writeFile(disk, '');
  await truncate(disk, DISK * SECTOR);
  const step = (...argv: string[]): Promise<void> => confined(argv, options);
  await step(...partitionCommand(disk));
  // One sector a cluster: FAT32 must have 65525 clusters at least. The size is in KiB.
  await step(
    ...['mkfs.vfat', '-F', '32', '-s', '1', '-i', ESP_ID, `--offset=${ESP.start}`],
    ...[disk, String(ESP.size / 2)],
  );
  await fillBootPartition(root, target, `${disk}@@${ESP.start * SECTOR}`, step);
  await step(
    ...['mkfs.ext4', '-q', '-F', '-U', ROOT_UUID, '-L', 'root', '-d', root],
    ...['-E', `offset=${ROOT_START * SECTOR}`, disk, `${ROOT_SIZE / 2}k`],
  );
  const format = ['-O', 'qcow2', '-o', 'compression_type=zstd'];
  await step('qemu-img', 'convert', '-c', ...format, disk, target);
}

function partitionCommand(disk: string): string[] {
  const esp = ['--new', `1:${ESP.start}:${ROOT_START - 1}`, '--typecode', `1:${TYPES.esp}`];
  const root = ['--new', `2:${ROOT_START}:${ROOT_START + ROOT_SIZE - 1}`];
  root.push('--typecode', `2:${TYPES.root}`, '--change-name', '2:root');
  return ['sgdisk', '--clear', ...esp, '--change-name', '1:esp', ...root, disk];
}

async function fillBootPartition(
  root: string,
  target: string,
  place: string,
  step: (...argv: string[]) => Promise<void>,
): Promise<void> {
  const config = `${target}.grub.cfg`;
  await writeFile(config, ESP_GRUB_CONFIG);
  await step('mmd', '-i', place, '::EFI', '::EFI/BOOT', '::EFI/debian');
  await step('mcopy', '-i', place, config, '::EFI/debian/grub.cfg');
  for (const [path, source] of Object.entries(ESP_PROGRAMS))
    await step('mcopy', '-i', place, join(root, source), `::${path}`);
}
