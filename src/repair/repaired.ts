import { setTimeout as sleep } from 'node:timers/promises';
import {
  hasHostInterface,
  type Incus,
  IncusError,
  isKind,
  lacksSnapshotVolume,
  misplacedDisk,
} from '../incus/index.ts';
import { clearHostInterfaces } from './interfaces.ts';
import type { InstanceRef, Repairs } from './ref.ts';
import { mendStorage } from './storage.ts';
import { clearWithoutVolume } from './without-volume.ts';

/** Several things may be in the way at once, one behind the other. */
const MOST_REPAIRS = 4;

/** The most seconds to wait for what the daemon still does to the machine, mostly for a run that was killed. */
const LONGEST_WAIT = 60;

/** The ms to give to what holds a machine and is no operation, such as a look at how full its disk is. */
const MOMENT = 250;

/** Runs work on a machine, and again when what stood in its way was left by something killed and could be put right. */
export async function repaired<T>(
  incus: Incus,
  ref: InstanceRef,
  repairs: Repairs,
  work: () => Promise<T>,
): Promise<T> {
  for (let left = MOST_REPAIRS; ; left -= 1)
    try {
      return await work();
    } catch (error) {
      if (left === 0 || !(await isPutRight(incus, ref, repairs, error))) throw error;
    }
}

async function isPutRight(
  incus: Incus,
  ref: InstanceRef,
  { host, emit }: Repairs,
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof IncusError) || isKind(error, 'unreachable', 'unknown-outcome'))
    return false;
  if (isKind(error, 'busy')) {
    await incus.instances.settled(ref, LONGEST_WAIT);
    await sleep(MOMENT);
    return true;
  }
  const { untrustedWords } = error;
  if (lacksSnapshotVolume(untrustedWords)) return clearWithoutVolume(incus, ref, emit);
  if (hasHostInterface(untrustedWords)) return clearHostInterfaces(incus, ref, host);
  const path = misplacedDisk(untrustedWords);
  return path !== undefined && mendStorage(ref, path, host);
}
