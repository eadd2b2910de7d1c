import { setTimeout as pause } from 'node:timers/promises';
import type { Emit } from '../base/messages/index.ts';
import { type Incus, type Instance, isKind, type Snapshot } from '../incus/index.ts';
import type { InstanceRef } from './ref.ts';
import { isUnfinished, mayHaveFrozen } from './unfinished.ts';

/** Removes snapshots that have a record and no volume; false where there is none. */
export async function clearWithoutVolume(
  incus: Incus,
  ref: InstanceRef,
  emit: Emit | undefined,
): Promise<boolean> {
  const { value: live } = await incus.instances.get(ref.name, { project: ref.project });
  const empty = await emptySnapshots(incus, live);
  await clear(incus, live, empty, emit);
  return empty.length > 0;
}

/** Snapshots that have a record and no volume: nothing can be brought back from them. */
export async function emptySnapshots(incus: Incus, live: Instance): Promise<Snapshot[]> {
  const [all, volumes] = await Promise.all([
    incus.snapshots.list(live.name, { project: live.project }),
    snapshotVolumes(incus, live),
  ]);
  return all.filter(({ name }) => volumes?.has(name) === false);
}

/** Removes what was cut off while it was made or removed, and lets the machine run that was frozen for it. */
export async function clearUnfinished(
  incus: Incus,
  live: Instance,
  snapshots: readonly Snapshot[],
  emit: Emit | undefined,
): Promise<void> {
  await clear(incus, live, snapshots.filter(isUnfinished), emit);
}

async function clear(
  incus: Incus,
  live: Instance,
  snapshots: readonly Snapshot[],
  emit: Emit | undefined,
): Promise<void> {
  const { name, project } = live;
  for (const snapshot of snapshots) {
    await persistently(() => incus.snapshots.delete(name, snapshot.name, { project }));
    emit?.(cleared(name, snapshot.name));
  }
  if (live.status === 'Frozen' && snapshots.some(mayHaveFrozen))
    await incus.instances.setState(name, 'unfreeze', { project });
}

/** Names of the snapshots that have a volume in the pool of the machine's root disk; undefined where it has none. */
export async function snapshotVolumes(
  incus: Incus,
  { name, project, type, expanded_devices: devices }: Instance,
): Promise<ReadonlySet<string> | undefined> {
  const pool = Object.values(devices).find(({ path }) => path === '/')?.pool;
  if (pool === undefined) return undefined;
  return new Set(await incus.snapshots.volumes(name, { type, pool, project }));
}

/** Names of the snapshots of a machine that can be gone back to. */
export async function wholeSnapshots(incus: Incus, live: Instance): Promise<string[]> {
  const [all, volumes] = await Promise.all([
    incus.snapshots.list(live.name, { project: live.project }),
    snapshotVolumes(incus, live),
  ]);
  const whole = all.filter((one) => !isUnfinished(one) && volumes?.has(one.name) !== false);
  return whole.map(({ name }) => name);
}

/** Half a minute: so long may what the killed daemon had started go on writing into the folder that is to go. */
const TRIES = 60;
const PAUSE = 500;

async function persistently(work: () => Promise<unknown>): Promise<void> {
  for (let left = TRIES; ; left -= 1)
    try {
      await work();
      return;
    } catch (error) {
      if (left === 1 || !isKind(error, 'failed', 'busy')) throw error;
      await pause(PAUSE);
    }
}

function cleared(machine: string, snapshot: string) {
  return {
    type: 'note' as const,
    level: 'info' as const,
    code: 'unfinished-snapshot',
    text: {
      en: `The snapshot '${snapshot}' of '${machine}' was cut off before it was whole: it was deleted.`,
      fr: `L'instantané « ${snapshot} » de « ${machine} » a été interrompu avant d'être complet : il a été supprimé.`,
    },
  };
}
