import { separateIdmaps } from '../../engine/index.ts';
import type { Incus } from '../../incus/index.ts';
import {
  clearWithoutVolume,
  emptySnapshots,
  makeSnapshot,
  type Repairs,
  removeSnapshot,
  restoreSnapshot,
} from '../../repair/index.ts';
import type { MachinePlace } from '../../site/index.ts';
import { automaticName } from '../../site/index.ts';
import { type Choice, decideCreate, decideDelete, decideRestore, type SeenStep } from './decide.ts';
import { look, type Seen } from './look.ts';
import { carryOut, type Listening, type Result, type SnapshotReport } from './outcome.ts';

/** One machine that is to be brought back, or loses a snapshot. */
export interface Meant {
  readonly machine: string;
  readonly snapshot: string;
  /** When the snapshot was made, ISO 8601. */
  readonly madeAt: string;
}

/** Asked before data is given up; throwing stops the run with nothing changed. */
export type Confirm = (meant: readonly Meant[]) => Promise<void>;

/** What catches the data of machines that are brought back. */
export interface Catch {
  /** The snapshot of a machine as it was before, to go back to where the restore fails. */
  fallback(place: MachinePlace): string | undefined;
  /** Whether it ran before an earlier attempt was cut off; undefined where there was none. */
  ran(place: MachinePlace): boolean | undefined;
}

export interface RestoreChoice extends Choice {
  readonly confirm?: Confirm;
  /** Called after the answer and before the first change. */
  readonly begin?: (places: readonly RestorePlace[]) => Promise<Catch>;
}

export type RestorePlace = MachinePlace & { readonly snapshot: string; readonly ran: boolean };

/** On a machine that was brought back: `NAME@TIME` of the snapshot. */
const RESTORED = 'user.anklume.restored';

/** One snapshot of the same name on each machine, running or stopped. Without a name, of one that none of them has. */
export async function createSnapshots(
  incus: Incus,
  places: readonly MachinePlace[],
  name: string | undefined,
  choice: Choice,
  listening: Listening,
): Promise<SnapshotReport> {
  const found = await look(incus, places, listening);
  const seen = await Promise.all(found.map((one) => withoutPhantom(incus, one, name, listening)));
  const taken = new Set(seen.flatMap(({ live }) => live?.snapshots ?? []).map((one) => one.name));
  const steps = decideCreate(seen, name ?? automaticName(new Date(), taken), choice);
  const verb = { en: 'Snapshot', fr: 'Instantané de' };
  const work = async ({ place, snapshot }: SeenStep): Promise<Result> => {
    await makeSnapshot(incus, refOf(place), snapshot, listening);
    return 'created';
  };
  return carryOut('create', steps, verb, work, listening);
}

/** Brings machines back to a snapshot: data, config, devices. What ran runs again. */
export async function restoreSnapshots(
  incus: Incus,
  places: readonly MachinePlace[],
  name: string | undefined,
  { confirm, begin, ...choice }: RestoreChoice,
  listening: Listening,
): Promise<SnapshotReport> {
  // Before the safety snapshots, which clear records without a volume away: what is meant would be gone without a word.
  const found = await look(incus, places, listening);
  const seen = await Promise.all(found.map((one) => withEmpty(incus, one)));
  const steps = decideRestore(seen, name, choice);
  await confirmed(steps, confirm);
  const going = steps.flatMap(({ decided, place, seen: { live }, snapshot }) =>
    decided || !live ? [] : [{ ...plain(place), snapshot, ran: live.status !== 'Stopped' }],
  );
  const caught = going.length > 0 ? await begin?.(going) : undefined;
  const verb = { en: 'Restore', fr: 'Retour de' };
  const work = (step: SeenStep) => restoreOne(incus, step, caught, listening);
  const report = await carryOut('restore', steps, verb, work, listening);
  const restored = going.map(({ project, instance }) => ({ project, name: instance }));
  await separateIdmaps(incus, restored, true);
  return report;
}

function plain({ domain, machine, instance, project }: MachinePlace): MachinePlace {
  return { domain, machine, instance, project };
}

async function restoreOne(
  incus: Incus,
  { place, seen, snapshot, found }: SeenStep,
  caught: Catch | undefined,
  repairs: Repairs,
): Promise<Result> {
  if (!seen.live) return 'skipped';
  const mark = `${snapshot}@${found?.created_at ?? ''}`;
  const [fallback, ran] = [caught?.fallback(place), caught?.ran(place)];
  const { value: live } = await incus.instances.get(place.instance, { project: place.project });
  await restoreSnapshot(incus, live, snapshot, {
    ...repairs,
    marks: { [RESTORED]: mark },
    ...(fallback !== undefined && { fallback }),
    ...(ran !== undefined && { ran }),
  });
  return seen.live.config[RESTORED] === mark ? 'again' : 'restored';
}

/** Removes the snapshot of that name from each machine; where there is none, nothing is to be done. */
export async function deleteSnapshots(
  incus: Incus,
  places: readonly MachinePlace[],
  name: string,
  choice: Choice & { readonly confirm?: Confirm },
  listening: Listening,
): Promise<SnapshotReport> {
  const steps = decideDelete(await look(incus, places, listening), name, choice);
  await confirmed(steps, choice.confirm);
  const verb = { en: `Remove '${name}' of`, fr: `Suppression de « ${name} » de` };
  const work = async ({ place, snapshot }: SeenStep): Promise<Result> => {
    const gone = await removeSnapshot(incus, refOf(place), snapshot, listening);
    return gone ? 'deleted' : 'unchanged';
  };
  return carryOut('delete', steps, verb, work, listening);
}

async function withEmpty(incus: Incus, seen: Seen): Promise<Seen> {
  const { live } = seen;
  if (!live?.snapshots?.length) return seen;
  const empty = await emptySnapshots(incus, live);
  return { ...seen, empty: new Set(empty.map(({ name }) => name)) };
}

/** A snapshot that has the name and no volume holds nothing: it gives the name up. */
async function withoutPhantom(
  incus: Incus,
  seen: Seen,
  name: string | undefined,
  { emit }: Listening,
): Promise<Seen> {
  const { live } = seen;
  if (!live?.snapshots?.some((one) => one.name === name)) return seen;
  if (!(await clearWithoutVolume(incus, live, emit))) return seen;
  const left = await incus.snapshots.list(live.name, { project: live.project });
  return { ...seen, live: { ...live, snapshots: left } };
}

function refOf({ instance, project }: MachinePlace) {
  return { name: instance, project };
}

/** Asks when there is anything to lose. */
async function confirmed(steps: readonly SeenStep[], confirm: Confirm | undefined): Promise<void> {
  const meant = steps.flatMap(({ decided, place, snapshot, found }) =>
    decided ? [] : [{ machine: place.machine, snapshot, madeAt: found?.created_at ?? '' }],
  );
  if (meant.length > 0) await confirm?.(meant);
}
