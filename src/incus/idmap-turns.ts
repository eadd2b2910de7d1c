import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from './api/wire.ts';
import { isNotFound } from './errors.ts';
import type { Read } from './options.ts';

/** Milliseconds between two looks; the daemon chooses a map some ten milliseconds after it was asked for a machine. */
const PAUSE = 4;

/**
 * Incus 6.0 looks for free ids under a lock, and notes which it took after it has given the lock back: two containers
 * that are made at the same moment get the same ids, about every tenth of them. So the next one is not asked for
 * before it has noted them, which is long before the machine is made. `over` settles when there is nothing to wait
 * for any more.
 */
export async function untilMapped(
  read: () => Promise<Read<Instance>>,
  over: Promise<void>,
): Promise<void> {
  let isOver = false;
  const seen = over.then(() => {
    isOver = true;
  });
  while (!isOver && !(await isMapped(read))) await Promise.race([sleep(PAUSE), seen]);
}

async function isMapped(read: () => Promise<Read<Instance>>): Promise<boolean> {
  try {
    return (await read()).value.config['volatile.idmap.next'] !== undefined;
  } catch (error) {
    if (isNotFound(error)) return false;
    // The operation itself tells what is wrong.
    return true;
  }
}
