import pLimit from 'p-limit';
import { AnklumeError, type Emit, ExitCode, step } from '../../base/messages/index.ts';
import { type Incus, isKind, isNotFound } from '../../incus/index.ts';
import { makeSnapshot, type Repairs } from '../../repair/index.ts';
import { type MachinePlace, stampOf } from '../../site/index.ts';
import type { GenerationRecord, SafetySnapshot } from './record.ts';

interface Listening extends Repairs {
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Machines worked on at a time: more only wait for the same disk. */
const AT_ONCE = 8;

/** `pre-apply-20261122-031500` */
export function safetyName(kind: GenerationRecord['kind'], stamp: string | Date): string {
  return `pre-${kind}-${typeof stamp === 'string' ? stamp : stampOf(stamp)}`;
}

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
  const made = results.flatMap((one) => (one.status === 'fulfilled' && one.value) || []);
  const failures = results.flatMap((one, index) =>
    one.status === 'rejected' ? [{ cause: one.reason, machine: places[index]?.machine ?? '' }] : [],
  );
  const [first] = failures;
  if (!first) return made;
  if (signal.aborted) throw interrupted(made.length, places.length);
  throw failed(
    first.cause,
    failures.map(({ machine }) => machine),
  );
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

function interrupted(made: number, all: number): AnklumeError {
  return new AnklumeError({
    code: 'interrupted',
    exit: ExitCode.interrupted,
    message: {
      en: `Interrupted before the first change: ${made} of ${all} safety snapshot${all === 1 ? '' : 's'} made.`,
      fr: `Interrompu avant le premier changement : ${made} instantané${made < 2 ? '' : 's'} de sûreté sur ${all} fait${made < 2 ? '' : 's'}.`,
    },
    remedy: {
      en: 'Run the same command again. Safety snapshots that are not needed go with later changes.',
      fr: "Relancez la même commande. Les instantanés de sûreté inutiles partent avec d'autres changements.",
    },
  });
}

function failed(cause: unknown, machines: readonly string[]): unknown {
  if (!(cause instanceof AnklumeError)) return cause;
  const names = machines.join(', ');
  return new AnklumeError({
    code: 'safety-snapshot-failed',
    message: {
      en: `No safety snapshot could be made of ${names}, so nothing was changed: ${cause.text.en}`,
      fr: `Aucun instantané de sûreté n'a pu être fait de ${names}, donc rien n'a été modifié : ${cause.text.fr}`,
    },
    remedy: {
      en: "Fix that (is the pool full, or the machine's own disk?), leave it out for now with --limit, or go without a way back with --skip-snapshot.",
      fr: 'Réglez cela (le pool est-il plein, ou le disque de la machine ?), laissez-la de côté avec --limit, ou continuez sans retour possible avec --skip-snapshot.',
    },
    cause,
  });
}
