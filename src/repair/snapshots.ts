import { type Incus, type Instance, isInstancePath, isKind } from '../incus/index.ts';
import { MARK } from '../world/tree/index.ts';
import type { InstanceRef, Repairs } from './ref.ts';
import { repaired } from './repaired.ts';
import { finishRestore } from './restore.ts';
import { isUnfinished, UNFINISHED } from './unfinished.ts';
import { clearUnfinished } from './without-volume.ts';

/**
 * Makes a snapshot that does not expire. Until it is whole it says so itself: one that is cut off is never taken for
 * a good one. What earlier ones left on the machine goes first. Kind `already-exists` where there is one of that name.
 */
export async function makeSnapshot(
  incus: Incus,
  ref: InstanceRef,
  snapshot: string,
  repairs: Repairs,
): Promise<void> {
  const { name, project } = ref;
  const live = await readyMachine(incus, ref, repairs);
  const expiresAt = live.status === 'Frozen' ? UNFINISHED.ofFrozen : UNFINISHED.ofRunning;
  await repaired(incus, ref, repairs, () =>
    incus.snapshots.create(name, snapshot, { project, expiresAt }),
  );
  await incus.snapshots.setExpiry(name, snapshot, { project });
}

/** Removes a snapshot; false where there was none. From its first moment on it is no good any more, and says so. */
export async function removeSnapshot(
  incus: Incus,
  ref: InstanceRef,
  snapshot: string,
  repairs: Repairs,
): Promise<boolean> {
  const { name, project } = ref;
  try {
    await incus.snapshots.setExpiry(name, snapshot, { project, expiresAt: UNFINISHED.removal });
  } catch (error) {
    if (isKind(error, 'not-found')) return false;
    throw error;
  }
  return repaired(incus, ref, repairs, () => incus.snapshots.delete(name, snapshot, { project }));
}

/**
 * The machine, once nothing half-done is left on it: operations of a killed client have ended, snapshots that were
 * cut off are removed, and a restore that was cut off is ended.
 */
export async function readyMachine(
  incus: Incus,
  ref: InstanceRef,
  repairs: Repairs,
): Promise<Instance> {
  const { name, project } = ref;
  const look = async () => {
    const [{ value: live }, all] = await Promise.all([
      incus.instances.get(name, { project }),
      incus.snapshots.list(name, { project }),
    ]);
    const isHalf = (live.config[MARK.restoring] ?? '') !== '' || all.some(isUnfinished);
    return { live, all, isHalf };
  };
  const first = await look();
  if (!first.isHalf) return first.live;
  // The daemon ends what a killed client asked for: until then nothing tells it from what was cut off.
  await incus.operations.settled((path) => isInstancePath(path, ref));
  const { live, all } = await look();
  await clearUnfinished(incus, live, all, repairs.emit);
  return finishRestore(incus, live, repairs);
}
