import { AnklumeError, type Problem } from '../../base/messages/index.ts';
import {
  type ApplyReport,
  computeRemoval,
  executePlan,
  observe,
  type PlanEntry,
  type Removable,
  type Removal,
} from '../../engine/index.ts';
import type { Daemon, Listening, World } from '../../site/index.ts';
import { dueAt, readFiles, type SafetyNet, spreadNet } from '../generations/index.ts';
import { closeUndeclared } from '../network/index.ts';

export interface RemoveChoices {
  /** Also what is protected. */
  readonly force?: boolean;
  /** No trash: what is removed is gone. */
  readonly skipSnapshot?: boolean;
  /** Asked before anything is removed; throwing stops the run with nothing changed. */
  readonly confirm: (removal: Removal) => Promise<void>;
}

/** What a removal did. Plain JSON. */
export interface Removed {
  readonly report: ApplyReport;
  readonly removed: readonly Removable[];
  /** Declared machines that were not there. */
  readonly absent: readonly Removable[];
  /** What stays, and why: protected orphans. */
  readonly stays: readonly Extract<PlanEntry, { readonly action: 'refuse' }>[];
  /** The generation to undo; absent where nothing was put aside. */
  readonly generation?: number;
  /** When what was put aside goes for good, ISO 8601; absent likewise. */
  readonly until?: string;
  readonly seconds: number;
}

/**
 * Removes machines by name, or all that nothing declares any more, into the trash. With names, one that may not go
 * stops all of it (`removal-refused`); protected orphans stay and are told. To be called within `alone`.
 */
export async function removeMachines(
  { root, desired }: World,
  daemon: Daemon,
  words: readonly string[] | 'orphans',
  { force = false, skipSnapshot = false, confirm }: RemoveChoices,
  { emit, signal }: Listening,
): Promise<Removed> {
  const { incus, host, where } = daemon;
  const started = performance.now();
  const removal = computeRemoval(desired, await observe(incus), words, { force });
  const { plan, leaving, absent } = removal;
  const stays = plan.entries.flatMap((entry) => (entry.action === 'refuse' ? [entry] : []));
  if (words !== 'orphans' && stays.length > 0) throw refused(stays);
  if (leaving.length > 0) await confirm(removal);
  const entries = plan.entries.filter(({ action }) => action === 'delete');
  const going = { ...plan, entries };
  const { projectName, trashSeconds } = desired;
  const about = {
    ...{ incus, where, projectName, plan: going, places: [], skip: skipSnapshot },
    files: await readFiles(root),
    trashSeconds,
    byName: true as const,
  };
  const net = leaving.length > 0 ? await spreadNet(about, { emit, signal, host }) : undefined;
  const report = await executePlan(going, incus, {
    emit,
    signal,
    ...(host && { host }),
    ...(net?.discard && { discard: net.discard }),
  });
  await net?.finish(report, report.outcomes);
  // What is gone needs no wall, and what was asked to go and stays still does.
  if (leaving.length > 0) await closeUndeclared(desired, daemon, emit);
  const done = new Set(
    report.outcomes.flatMap(({ id, result }) => (result === 'done' ? [id] : [])),
  );
  return {
    report,
    removed: leaving.flatMap(({ id, ...machine }) => (done.has(id) ? [machine] : [])),
    absent,
    stays,
    ...(net && !skipSnapshot && { generation: net.record.number, ...untilOf(net, trashSeconds) }),
    seconds: (performance.now() - started) / 1000,
  };
}

function untilOf({ record }: SafetyNet, trashSeconds: number | undefined) {
  const until = dueAt(record.stamp, trashSeconds);
  return until === undefined ? {} : { until };
}

function refused(stays: Removed['stays']): AnklumeError {
  return new AnklumeError({
    code: 'removal-refused',
    problems: stays.map(
      ({ code, id, reason, remedy }): Problem => ({
        code,
        severity: 'error',
        path: [id],
        message: reason,
        ...(remedy && { remedy }),
      }),
    ),
    message: {
      en: 'Not all of these machines can be removed, so nothing was changed.',
      fr: "Ces machines ne peuvent pas toutes être supprimées ; rien n'a donc été modifié.",
    },
  });
}
