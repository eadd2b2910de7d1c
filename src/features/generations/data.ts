import type { MachinePlace } from '../../site/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import type { Aside } from './aside.ts';
import type { GenerationRecord, Target } from './record.ts';

/** How the data of one machine comes back. */
export type DataStep = MachinePlace & {
  /** `lost`: it changed since, and what it held then is not kept any more; `late`: it comes back as it was removed. */
  readonly action: 'restore' | 'return' | 'replace' | 'lost' | 'late';
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
  /** `PROJECT/INSTANCE` of what a cut-off rollback to the same point brought back, which this one goes on with. */
  readonly returned?: readonly string[];
  /** `PROJECT/INSTANCE@SNAPSHOT` of the safety snapshots that are there and whole, at home and in the trash. */
  readonly whole: ReadonlySet<string>;
}

/**
 * For each machine the first thing that happened to it after the point to go back to: a safety snapshot, or its
 * removal. A machine to which nothing happened keeps what it holds. What a record says was kept counts only where it is
 * still there. Pure.
 */
export function decideData(
  records: readonly GenerationRecord[],
  { since }: Target,
  world: World,
): DataStep[] {
  const later = records.filter(({ number }) => number >= since);
  const earlier = records.filter(({ number }) => number < since);
  return machinesOf(later, world).flatMap(
    (place) => stepOf(place, since, [earlier, later], world) ?? [],
  );
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
  since: number,
  [earlier, later]: readonly [readonly GenerationRecord[], readonly GenerationRecord[]],
  { existing, aside, whole, returned = [] }: World,
): DataStep | undefined {
  const key = keyOf(place);
  const exists = existing.has(key);
  if (exists && returned.includes(key)) return undefined;
  const mine = aside.filter(
    ({ kind, origin }) => kind === 'instance' && `${origin.project}/${origin.name}` === key,
  );
  const isAtHome = (one: Aside) => one.project === place.project && one.name === place.instance;
  const snapshotIn = (record: GenerationRecord) =>
    record.snapshots.find((one) => keyOf(one) === key);
  const stampedBy = ({ stamp }: GenerationRecord) =>
    mine.find(({ origin }) => origin.stamp === stamp);
  const namedIn = ({ removed = [] }: GenerationRecord) => removed.includes(`instance:${key}`);
  // Runs before this one that did not come to their end: what they took away is gone, and no state counts in between.
  const takenBefore = (number: number) => {
    const past = [...earlier, ...later].filter((one) => one.number < number);
    const cut = past.slice(past.findLastIndex(({ state }) => state === 'done') + 1);
    return cut.map(stampedBy).findLast((one) => one !== undefined);
  };
  // The daemon ended what a run that was cut off had asked for, under the eyes of the next run.
  const taken = (record: GenerationRecord) =>
    namedIn(record) ? takenBefore(record.number) : undefined;
  const asideBy = (record: GenerationRecord) => stampedBy(record) ?? taken(record);
  const removedIn = (record: GenerationRecord) => namedIn(record) || asideBy(record) !== undefined;
  const first = later.find((record) => snapshotIn(record) || removedIn(record));
  // What happened before the records begin to be of use cannot be told from nothing having happened.
  if (!first) {
    const left = exists ? undefined : takenBefore(since);
    return left && { ...place, action: 'return', aside: left };
  }
  const kept = later
    .filter(({ number }) => number >= first.number)
    .map(asideBy)
    .find((one) => one !== undefined);
  const holder = kept ? `${kept.project}/${kept.name}` : key;
  const snapshot = snapshotIn(first)?.snapshot;
  const isKept =
    snapshot === undefined ? asideBy(first) !== undefined : whole.has(`${holder}@${snapshot}`);
  const to = snapshot === undefined ? {} : { snapshot };
  const comes = exists && !(kept && isAtHome(kept)) ? 'replace' : 'return';
  if (kept && isKept) return { ...place, action: comes, aside: kept, ...to };
  // Of later than that moment, but rather that than an empty one in its place.
  if (kept && comes === 'return') return { ...place, action: 'late', aside: kept };
  if (exists && isKept && !kept && snapshot !== undefined)
    return { ...place, action: 'restore', ...to };
  return { ...place, action: 'lost' };
}

function keyOf({ project, instance }: Pick<MachinePlace, 'project' | 'instance'>): string {
  return `${project}/${instance}`;
}
