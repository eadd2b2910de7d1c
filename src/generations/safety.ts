import pLimit from 'p-limit';
import { type Incus, isKind, isNotFound } from '../incus/index.ts';
import { AnklumeError, type Emit, step, type Text } from '../messages/index.ts';
import { makeSnapshot, type Repairs, removeSnapshot } from '../repair/index.ts';
import type { MachinePlace } from '../snapshots/index.ts';
import { asideOf, removeAside } from './aside.ts';
import type { GenerationRecord, SafetySnapshot } from './record.ts';
import type { History } from './store.ts';

interface Listening extends Repairs {
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Machines worked on at a time: more only wait for the same disk. */
const AT_ONCE = 8;

/** How many runs can be undone with their data, unless told otherwise. */
export const KEPT = 3;

/**
 * One snapshot of each machine, all of them or an error before anything is changed. Machines that do not exist are
 * passed over; snapshots that a killed run of the same stamp made are good. Throws `safety-snapshot-failed`.
 */
export async function takeSafetySnapshots(
  incus: Incus,
  places: readonly MachinePlace[],
  name: string,
  listening: Listening,
): Promise<SafetySnapshot[]> {
  const { emit, signal } = listening;
  const limit = pLimit(AT_ONCE);
  const results = await Promise.allSettled(
    places.map((place) =>
      limit(async () => {
        signal.throwIfAborted();
        const { project, instance, machine, domain } = place;
        const id = `safety:${project}/${instance}`;
        const label = {
          en: `Safety snapshot of ${machine}`,
          fr: `Instantané de sûreté de ${machine}`,
        };
        return step(emit, { id, label, domain }, () => takeOne(incus, place, name, listening));
      }),
    ),
  );
  const failure = results.find(({ status }) => status === 'rejected');
  if (failure?.status === 'rejected') throw failed(failure.reason);
  return results.flatMap((one) => (one.status === 'fulfilled' && one.value) || []);
}

async function takeOne(
  incus: Incus,
  place: MachinePlace,
  snapshot: string,
  repairs: Repairs,
): Promise<SafetySnapshot | undefined> {
  try {
    const ref = { name: place.instance, project: place.project };
    await makeSnapshot(incus, ref, snapshot, repairs);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    if (!isKind(error, 'already-exists')) throw error;
  }
  const { domain, machine, instance, project } = place;
  return { domain, machine, instance, project, snapshot };
}

function failed(cause: unknown): unknown {
  if (!(cause instanceof AnklumeError)) return cause;
  return new AnklumeError({
    code: 'safety-snapshot-failed',
    message: {
      en: `A safety snapshot could not be made, so nothing was changed: ${cause.text.en}`,
      fr: `Un instantané de sûreté n'a pas pu être fait, donc rien n'a été modifié : ${cause.text.fr}`,
    },
    remedy: {
      en: 'Settle that (is the pool full?), or go without a way back with --skip-snapshot.',
      fr: 'Réglez cela (le pool est-il plein ?), ou continuez sans retour possible avec --skip-snapshot.',
    },
    cause,
  });
}

/** What a cleaning did. Plain JSON. */
export interface Cleaning {
  /** Generations whose data can no longer come back. */
  readonly generations: readonly number[];
  readonly snapshots: number;
  /** Machines and volumes removed for good. */
  readonly removed: number;
}

/** The runs beyond the newest `keep` whose snapshots still stand. Pure. */
function tooOld(records: readonly GenerationRecord[], keep: number): GenerationRecord[] {
  const holding = records.filter(
    ({ snapshots, cleaned, counts, kind }) =>
      !cleaned && (snapshots.length > 0 || counts.removed > 0 || kind === 'rollback'),
  );
  return holding.slice(0, Math.max(0, holding.length - keep));
}

/** Removes the safety snapshots of old runs, and what they put aside. Nothing that others made is touched. */
export async function cleanUp(
  incus: Incus,
  projectName: string,
  history: History,
  keep: number,
  repairs: Repairs = {},
  confirm?: (machines: readonly string[]) => Promise<void>,
): Promise<Cleaning> {
  const old = tooOld(await history.list(), keep);
  const mayHold = old.some(({ counts, kind }) => counts.removed > 0 || kind === 'rollback');
  const stamps = new Set(old.map(({ stamp }) => stamp));
  const aside = (mayHold ? await asideNow(incus, projectName) : []).filter(({ origin }) =>
    stamps.has(origin.stamp),
  );
  if (aside.length > 0) await confirm?.(aside.map(({ origin }) => origin.name));
  let snapshots = 0;
  const limit = pLimit(AT_ONCE);
  for (const record of old) {
    const gone = await Promise.all(
      record.snapshots.map(({ instance, snapshot, project }) =>
        limit(() => removeSnapshot(incus, { name: instance, project }, snapshot, repairs)),
      ),
    );
    snapshots += gone.filter(Boolean).length;
    const dropped = aside.filter(({ origin }) => origin.stamp === record.stamp);
    // Machines before volumes: a machine that was not detached would keep its volume.
    for (const kind of ['instance', 'volume'] as const)
      await Promise.all(
        dropped
          .filter((one) => one.kind === kind)
          .map((one) => limit(() => removeAside(incus, one))),
      );
    await history.write({ ...record, cleaned: true });
  }
  return { generations: old.map(({ number }) => number), snapshots, removed: aside.length };
}

/** What is put aside at the moment. */
async function asideNow(incus: Incus, projectName: string) {
  const [instances, pools] = await Promise.all([incus.instances.list(), incus.pools.list()]);
  const volumes = await Promise.all(pools.map(({ name }) => incus.volumes.list(name)));
  return asideOf(projectName, instances, volumes.flat());
}

/** A cleaning after a good run must not turn it into a failure: what cannot go now goes the next time. */
export function cleaningFailed(error: AnklumeError): {
  readonly text: Text;
  readonly remedy?: Text;
} {
  return {
    text: {
      en: `Old safety snapshots could not be removed: ${error.text.en}`,
      fr: `D'anciens instantanés de sûreté n'ont pas pu être supprimés : ${error.text.fr}`,
    },
    remedy: {
      en: "'anklume rollback-cleanup' tries again.",
      fr: '« anklume rollback-cleanup » réessaie.',
    },
  };
}
