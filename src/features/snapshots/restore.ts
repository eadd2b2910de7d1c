import { alone, type Daemon, type Listening, type MachinePlace } from '../../site/index.ts';
import {
  type Ended,
  type GenerationRecord,
  History,
  type SafetyNet,
  safetyName,
  spreadNet,
  takeSafetySnapshots,
} from '../generations/index.ts';
import { type Catch, type Meant, type RestorePlace, restoreSnapshots } from './act.ts';
import type { Choice } from './decide.ts';
import type { SnapshotReport } from './outcome.ts';

export interface RestoreChoices {
  readonly places: readonly MachinePlace[];
  /** Of the snapshot; the newest that somebody made where absent. */
  readonly name: string | undefined;
  /** Whose machines they must be; without a name of an infrastructure there is no history. */
  readonly choice: Choice;
  readonly trashSeconds?: number | undefined;
  /** No snapshot of what is written over: it is lost. */
  readonly skipSnapshot?: boolean;
  readonly confirm: (meant: readonly Meant[]) => Promise<void>;
}

/** What a restore did, and what it can be undone with. Plain JSON. */
export interface Restored extends SnapshotReport {
  /** The generation to undo; absent where there is no history or nothing was brought back. */
  readonly generation?: number;
  /** Name of the snapshots that hold what was written over. */
  readonly safety?: string;
}

/** Brings machines back to a snapshot, with a safety snapshot of each and a line in the history; the daemon is held. */
export function restoreMachines(
  daemon: Daemon,
  choices: RestoreChoices,
  listening: Listening,
): Promise<Restored> {
  return alone(daemon, 'snapshot restore', listening, () => restore(daemon, choices, listening));
}

async function restore(
  daemon: Daemon,
  { places, name, choice, confirm, skipSnapshot = false, trashSeconds }: RestoreChoices,
  { emit, signal }: Listening,
): Promise<Restored> {
  const { incus, where, host } = daemon;
  const listening = { emit, signal, host };
  const { projectName } = choice;
  let net: SafetyNet | undefined;
  let safety: string | undefined;
  const begin = async (going: readonly RestorePlace[]): Promise<Catch> => {
    if (projectName === undefined) {
      safety = skipSnapshot ? undefined : await snapshotAlone(daemon, going, listening);
      return { fallback: () => safety, ran: () => undefined };
    }
    const to = going[0]?.snapshot ?? '';
    const last = (await new History(projectName, where).list()).at(-1);
    const resumes = last && goesOn(last, to, going) ? last : undefined;
    const about = { incus, where, projectName, places: going, skip: skipSnapshot, trashSeconds };
    const back = { to, ...(resumes && { resumes }) };
    const [only, another] = going;
    const limit = only && !another ? { limit: only.machine } : {};
    const spread = await spreadNet({ ...about, ...limit, restore: back }, listening);
    net = spread;
    const made = (place: MachinePlace) =>
      spread.record.snapshots.find((one) => keyOf(one) === keyOf(place));
    safety = spread.record.snapshots[0]?.snapshot;
    return {
      fallback: (place) => made(place)?.snapshot,
      ran: (place) => (resumes ? made(place)?.ran : undefined),
    };
  };
  const report = await restoreSnapshots(
    incus,
    places,
    name,
    { ...choice, confirm, begin },
    listening,
  );
  await net?.finish(report, endedOf(report));
  return {
    ...report,
    ...(net && { generation: net.record.number }),
    ...(safety !== undefined && { safety }),
  };
}

/** As the history counts: a machine that was brought back was changed. */
function endedOf({ outcomes }: SnapshotReport): Ended[] {
  return outcomes.map(({ domain, machine, result }) => ({
    id: `instance:${domain}/${machine}`,
    action: 'update',
    result: result === 'restored' || result === 'again' ? 'done' : 'failed',
  }));
}

/** The same restore, cut off before: the machines are as it left them, and its record knows how they were. */
function goesOn(last: GenerationRecord, to: string, going: readonly MachinePlace[]): boolean {
  const known = new Set(last.snapshots.map(keyOf));
  return (
    last.kind === 'restore' &&
    last.state === 'begun' &&
    last.to === to &&
    going.every((place) => known.has(keyOf(place)))
  );
}

/** Of a machine that no project folder is about: nobody removes it but whoever wants to. */
async function snapshotAlone(
  { incus }: Daemon,
  going: readonly MachinePlace[],
  listening: Parameters<typeof takeSafetySnapshots>[3],
): Promise<string> {
  const name = safetyName('restore', new Date());
  await takeSafetySnapshots(incus, going, name, listening);
  return name;
}

function keyOf({ project, instance }: Pick<MachinePlace, 'project' | 'instance'>): string {
  return `${project}/${instance}`;
}
