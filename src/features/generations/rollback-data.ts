import pLimit from 'p-limit';
import { AnklumeError, step } from '../../base/messages/index.ts';
import { separateIdmaps } from '../../engine/index.ts';
import { isNotFound } from '../../incus/index.ts';
import { restoreSnapshot } from '../../repair/index.ts';
import type { Daemon, Listening, World } from '../../site/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { bringBack } from './aside.ts';
import type { Ended } from './concerned.ts';
import type { DataStep } from './data.ts';
import type { SafetyNet } from './net.ts';
import type { Way } from './rollback-way.ts';

/** Machines brought back at a time. */
const AT_ONCE = 4;

/** Volumes that the old world names and that were put aside since, the oldest of each. */
export async function volumesBack(
  { aside, sight }: Way,
  desired: Desired,
  { incus }: Daemon,
): Promise<Ended[]> {
  const back: Ended[] = [];
  const wanted = new Set(
    desired.domains.flatMap(({ project, machines }) =>
      machines.flatMap(({ volumes }) => volumes.map(({ name }) => `${project}/${name}`)),
    ),
  );
  const present = new Set(sight.observed.volumes.map(({ project, name }) => `${project}/${name}`));
  const oldest = [...aside].sort((a, b) => (a.origin.stamp < b.origin.stamp ? -1 : 1));
  for (const one of oldest) {
    const key = `${one.origin.project}/${one.origin.name}`;
    const atHome = one.project === one.origin.project && one.name === one.origin.name;
    if (one.kind !== 'volume' || !wanted.has(key) || (present.has(key) && !atHome)) continue;
    present.add(key);
    await bringBack(incus, desired.projectName, one);
    const { project, name } = one.origin;
    back.push({ id: `volume:${project}/${one.pool}/${name}`, action: 'create', result: 'done' });
  }
  return back;
}

/** The machines' own data. One whose snapshot is gone is told, and keeps what it holds. */
export async function dataBack(
  { data }: Way,
  { desired }: World,
  { incus, host }: Daemon,
  { discard, record, returned }: SafetyNet,
  { emit, signal }: Listening,
): Promise<{
  readonly failed: number;
  readonly names: string[];
  readonly outcomes: readonly Ended[];
}> {
  const limit = pLimit(AT_ONCE);
  const names: string[] = [];
  const outcomes: Ended[] = [];
  let failed = 0;
  const one = async (way: DataStep) => {
    const { project, instance, machine, domain, action, aside, snapshot } = way;
    const label = { en: `Restore ${machine}`, fr: `Restauration de ${machine}` };
    await step(emit, { id: `rollback:${project}/${instance}`, label, domain }, async () => {
      if (action === 'replace')
        await discard?.({
          action: 'delete',
          id: `instance:${project}/${instance}`,
          kind: 'instance',
          name: instance,
          project,
          needs: [],
          reason: label,
        });
      if (aside) await bringBack(incus, desired.projectName, aside, { host, emit });
      if (snapshot !== undefined) {
        const { value: live } = await incus.instances.get(instance, { project });
        const safety = record.snapshots.find(
          (made) => made.project === project && made.instance === instance,
        );
        const fallback = aside ? undefined : safety?.snapshot;
        await restoreSnapshot(incus, live, snapshot, { host, emit, ...(fallback && { fallback }) });
      }
      await returned(`${project}/${instance}`);
    });
    const id = `instance:${project}/${instance}`;
    outcomes.push({ id, action: action === 'restore' ? 'update' : 'create', result: 'done' });
    if (action === 'replace') outcomes.push({ id, action: 'delete', result: 'done' });
  };
  await Promise.all(
    data
      .filter(({ action }) => action !== 'lost')
      .map((way) =>
        limit(async () => {
          if (signal.aborted) failed += 1;
          else
            await one(way).catch((error: unknown) => {
              if (isGone(error)) names.push(way.machine);
              else failed += 1;
            });
        }),
      ),
  );
  await separateIdmaps(
    incus,
    data.map(({ project, instance: name }) => ({ project, name })),
    true,
  );
  return { failed, names, outcomes };
}

/** It was there a moment ago: told like what was gone before. */
function isGone(error: unknown): boolean {
  return (
    isNotFound(error) || (error instanceof AnklumeError && error.code === 'snapshot-incomplete')
  );
}
