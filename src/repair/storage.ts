import { type Host, run } from '../base/system/index.ts';
import type { InstanceRef } from './ref.ts';

/** The number that btrfs gives to the top of every subvolume. */
const SUBVOLUME = '256';

/**
 * The driver btrfs moves the disk of a machine away, makes a new one of the snapshot, then deletes the old. Killed in
 * between, it fails at the first step for ever after. True when the way is free: the old disk is in its place again
 * where there is no new one, and deleted, as the restore would have done, where there is.
 */
export async function mendStorage(
  { project, name }: InstanceRef,
  untrustedPath: string,
  host: Host | undefined,
): Promise<boolean> {
  const folder = project === 'default' ? name : `${project}_${name}`;
  const isItsOwn = /^\/[^\0]*\/(containers|virtual-machines)\/[^/]+$/.test(untrustedPath);
  if (!host || !isItsOwn || !untrustedPath.endsWith(`/${folder}`)) return false;
  const path = untrustedPath;
  const old = `${path}.incustmp`;
  if (!(await isSubvolume(host, old))) return false;
  if (await isSubvolume(host, path)) return discarded(host, old);
  // A folder that the daemon made in its place since holds its description of the machine and nothing else.
  await tried(host, 'rm', '-f', '--', `${path}/backup.yaml`);
  await tried(host, 'rmdir', '--', path);
  return tried(host, 'mv', '-nT', '--', old, path);
}

async function isSubvolume(host: Host, path: string): Promise<boolean> {
  const { code, stdout } = await run(within(host, 'stat', '-c', '%i', '--', path), {
    accept: [0, 1],
  });
  return code === 0 && stdout.trim() === SUBVOLUME;
}

/** One with subvolumes of its own inside cannot be deleted in one go: it is put out of the way. */
async function discarded(host: Host, old: string): Promise<boolean> {
  if (await tried(host, 'btrfs', 'subvolume', 'delete', '--', old)) return true;
  return tried(host, 'mv', '-nT', '--', old, `${old}-${Date.now()}`);
}

async function tried(host: Host, ...argv: string[]): Promise<boolean> {
  return (await run(within(host, ...argv), { accept: [0, 1, 2, 127] })).code === 0;
}

function within(host: Host, ...argv: string[]): [string, ...string[]] {
  const [first = '', ...rest] = [...host.enter, ...argv];
  return [first, ...rest];
}
