import type { MachinePlace } from '../snapshots/index.ts';
import type { Desired } from '../tree/index.ts';
import type { Aside } from './aside.ts';
import type { GenerationRecord, Target } from './record.ts';

/** How the data of one machine comes back. */
export type DataStep = MachinePlace & {
  /** `lost`: it changed since, and what it held then is not kept any more. */
  readonly action: 'restore' | 'return' | 'replace' | 'lost';
  /** To bring the machine back to, after its return where there is one. */
  readonly snapshot?: string;
  /** The machine as it was put aside. */
  readonly aside?: Aside;
};

export interface World {
  /** The world to come; absent where only data can come back. */
  readonly desired?: Desired;
  /** `PROJECT/INSTANCE` of what exists and is ours. */
  readonly existing: ReadonlySet<string>;
  readonly aside: readonly Aside[];
}

/**
 * For each machine the first thing that happened to it after the point to go back to: a safety snapshot, or its
 * removal. A machine to which nothing happened keeps what it holds. Pure.
 */
export function decideData(
  records: readonly GenerationRecord[],
  { since }: Target,
  world: World,
): DataStep[] {
  const later = records.filter(({ number }) => number >= since);
  return machinesOf(later, world).flatMap((place) => stepOf(place, later, world) ?? []);
}

function machinesOf(later: readonly GenerationRecord[], { desired }: World): MachinePlace[] {
  if (desired)
    return desired.domains.flatMap((domain) =>
      domain.machines.map(({ name, instance }) => ({
        domain: domain.name,
        machine: name,
        instance,
        project: domain.project,
      })),
    );
  const all = later.flatMap(({ snapshots }) => snapshots);
  return [...new Map(all.map(({ snapshot: _, ...place }) => [keyOf(place), place])).values()];
}

function stepOf(
  place: MachinePlace,
  later: readonly GenerationRecord[],
  { existing, aside }: World,
): DataStep | undefined {
  const key = keyOf(place);
  const exists = existing.has(key);
  const mine = aside.filter(
    ({ kind, origin }) => kind === 'instance' && `${origin.project}/${origin.name}` === key,
  );
  const isAtHome = (one: Aside) => one.project === place.project && one.name === place.instance;
  const snapshotIn = (record: GenerationRecord) =>
    record.snapshots.find((one) => keyOf(one) === key);
  const first = later.find(
    (record) => snapshotIn(record) || mine.some(({ origin }) => origin.stamp === record.stamp),
  );
  // What happened before the records begin to be of use cannot be told from nothing having happened.
  if (!first) return undefined;
  if (first.cleaned) return { ...place, action: 'lost' };
  const snapshot = snapshotIn(first)?.snapshot;
  const removal = later.find(
    (record) =>
      record.number >= first.number && mine.some(({ origin }) => origin.stamp === record.stamp),
  );
  const kept = mine.find(({ origin }) => origin.stamp === removal?.stamp);
  const to = snapshot === undefined ? {} : { snapshot };
  if (kept)
    return {
      ...place,
      action: exists && !isAtHome(kept) ? 'replace' : 'return',
      aside: kept,
      ...to,
    };
  return exists ? { ...place, action: 'restore', ...to } : { ...place, action: 'lost' };
}

function keyOf({ project, instance }: Pick<MachinePlace, 'project' | 'instance'>): string {
  return `${project}/${instance}`;
}
