import type { Incus } from '../incus/index.ts';
import { makeSnapshot, type Repairs, removeSnapshot, restoreSnapshot } from '../repair/index.ts';
import { type Choice, decideCreate, decideDelete, decideRestore, type SeenStep } from './decide.ts';
import { isProtected, look } from './look.ts';
import { automaticName } from './names.ts';
import { carryOut, type Listening, type Result, type SnapshotReport } from './outcome.ts';
import type { MachinePlace } from './targets.ts';

/** Asked before data of protected machines is given up; throwing stops the run with nothing changed. */
export type Confirm = (machines: readonly string[]) => Promise<void>;

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
  const seen = await look(incus, places, listening);
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
  choice: Choice & { readonly confirm?: Confirm },
  listening: Listening,
): Promise<SnapshotReport> {
  const steps = decideRestore(await look(incus, places, listening), name, choice);
  await confirmed(steps, choice.confirm);
  const verb = { en: 'Bring back', fr: 'Retour de' };
  return carryOut('restore', steps, verb, (step) => restoreOne(incus, step, listening), listening);
}

async function restoreOne(
  incus: Incus,
  { seen, snapshot, found }: SeenStep,
  repairs: Repairs,
): Promise<Result> {
  if (!seen.live) return 'skipped';
  const mark = `${snapshot}@${found?.created_at ?? ''}`;
  await restoreSnapshot(incus, seen.live, snapshot, { ...repairs, marks: { [RESTORED]: mark } });
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

function refOf({ instance, project }: MachinePlace) {
  return { name: instance, project };
}

/** Asks when there is work on machines that infra.yml protects. */
async function confirmed(steps: readonly SeenStep[], confirm: Confirm | undefined): Promise<void> {
  const guarded = steps.filter(({ decided, seen }) => !decided && isProtected(seen));
  if (guarded.length > 0) await confirm?.(guarded.map(({ place }) => place.machine));
}
