import { AnklumeError, type Emit } from '../../base/messages/index.ts';
import type { ApplyReport, Discard, Plan } from '../../engine/index.ts';
import type { Incus } from '../../incus/index.ts';
import type { Repairs } from '../../repair/index.ts';
import { type MachinePlace, stampOf } from '../../site/index.ts';
import type { KeptFile } from '../../world/tree/index.ts';
import { asideKeeper } from './aside.ts';
import { cleaningFailed, purgedNote, tidyUp } from './cleaning.ts';
import { countsOf, doneOf, type Ended } from './concerned.ts';
import { notRecorded } from './not-recorded.ts';
import type { Counts, GenerationRecord, SafetySnapshot, Target } from './record.ts';
import { TRASH_SECONDS, timeOfStamp } from './retention.ts';
import { safetyName, takeSafetySnapshots } from './safety.ts';
import { History } from './store.ts';

/** One run that changes the world. */
export interface RunAbout {
  readonly incus: Incus;
  /** Names the daemon. */
  readonly where: string;
  readonly projectName: string;
  /** The tree that the run brings about, and infra.yml; absent where it changes data alone. */
  readonly files?: readonly KeptFile[];
  /** Absent where it changes data alone. */
  readonly plan?: Plan;
  /** Machines to make a snapshot of first. */
  readonly places: readonly (MachinePlace & { readonly ran?: boolean })[];
  /** Neither snapshots nor putting aside. */
  readonly skip: boolean;
  readonly limit?: string;
  /** The kinds of objects that it is limited to. */
  readonly kinds?: readonly string[];
  /** Machines are removed by name: nothing but those is touched. */
  readonly byName?: true;
  /** How long what is put aside is kept, in seconds. */
  readonly trashSeconds?: number | undefined;
  /** Of a rollback: where to, and the unfinished record it goes on with. */
  readonly rollback?: { readonly target: Target; readonly resumes?: GenerationRecord };
  /** Of a restore: the snapshot, and the unfinished record it goes on with. */
  readonly restore?: { readonly to: string; readonly resumes?: GenerationRecord };
}

/** What catches the data of a run. */
export interface SafetyNet {
  readonly record: GenerationRecord;
  readonly discard?: Discard;
  /** To be called when the data of `PROJECT/INSTANCE` is back. */
  returned(key: string): Promise<void>;
  /** To be called with how the run ended and what it did; without it the run counts as cut off. */
  finish(
    report: Pick<ApplyReport, 'failed' | 'skipped'>,
    outcomes: readonly Ended[],
  ): Promise<void>;
}

const NOTHING: Counts = { created: 0, changed: 0, removed: 0 };

interface Listening extends Repairs {
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Before the first change: the record of the run, and a snapshot of each machine. */
export async function spreadNet(about: RunAbout, listening: Listening): Promise<SafetyNet> {
  const { incus, projectName, where, files } = about;
  const history = new History(projectName, where);
  const begun = (about.rollback ?? about.restore)?.resumes ?? (await nextRecord(history, about));
  const name = safetyName(begun.kind, begun.stamp);
  const planned = (about.skip ? [] : about.places).map(
    ({ domain, machine, instance, project, ran }): SafetySnapshot => ({
      ...{ domain, machine, instance, project, snapshot: name },
      ...(ran !== undefined && { ran }),
    }),
  );
  // What the run that is gone on with knew comes first: it saw the machines before they were touched.
  const added = planned.filter((one) => !begun.snapshots.some((known) => isOfSame(known, one)));
  // Written before they are made: what is made by a run that is killed is known, and goes in its time.
  let record: GenerationRecord = { ...begun, snapshots: [...begun.snapshots, ...added] };
  const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
  const told = { path: 'plan.json', bytes: json(about.plan ?? {}) };
  await history.reserve(record.number, [...(files ?? []), told]);
  await history.write(record);
  try {
    // Also those of before: their record was written before they were made, and perhaps they never were.
    const made = await takeSafetySnapshots(incus, planned, name, listening);
    const lacks = (one: SafetySnapshot) => !made.some((other) => isOfSame(one, other));
    record = {
      ...record,
      snapshots: record.snapshots.filter((one) => !added.includes(one) || !lacks(one)),
    };
  } catch (error) {
    await history.release(record.number);
    await history.write({ ...record, state: 'failed', counts: doneBefore(begun) });
    throw error;
  }
  let written = Promise.resolve();
  return {
    record,
    returned(key) {
      record = { ...record, returned: [...(record.returned ?? []), key] };
      written = written.then(() => history.write(record));
      return written;
    },
    ...(!about.skip && { discard: asideKeeper(incus, projectName, record.stamp, listening) }),
    async finish(report, outcomes) {
      const done = report.failed + report.skipped === 0;
      try {
        await history.release(record.number);
        if (files)
          await history.keep(record.number, [
            ...files,
            told,
            { path: 'result.json', bytes: json(report) },
          ]);
        await history.write({
          ...record,
          state: done ? 'done' : 'failed',
          finishedAt: new Date().toISOString(),
          hasFiles: files !== undefined,
          counts: sum(doneBefore(begun), doneOf(outcomes)),
          ...(record.removed && { removed: gone(record.removed, outcomes) }),
        });
      } catch (error) {
        throw notRecorded(error);
      }
      if (done) await tidy(about, history, listening);
    },
  };
}

/** What the run that is gone on with did: known where it came to an end. */
function doneBefore({ state, counts }: GenerationRecord): Counts {
  return state === 'failed' ? counts : NOTHING;
}

/** Of what was to be removed, what did not stay. */
function gone(removed: readonly string[], outcomes: readonly Ended[]): string[] {
  const ended = (id: string) => outcomes.filter((one) => one.id === id);
  return removed.filter(
    (id) => ended(id).length === 0 || ended(id).some(({ result }) => result === 'done'),
  );
}

function sum(one: Counts, other: Counts): Counts {
  return {
    created: one.created + other.created,
    changed: one.changed + other.changed,
    removed: one.removed + other.removed,
  };
}

function isOfSame(one: SafetySnapshot, other: SafetySnapshot): boolean {
  return one.project === other.project && one.instance === other.instance;
}

async function nextRecord(history: History, about: RunAbout): Promise<GenerationRecord> {
  const { rollback, restore, limit, kinds, byName, plan, places } = about;
  const last = (await history.list()).at(-1);
  const now = new Date();
  const removed = (plan?.entries ?? []).flatMap(({ action, kind, id }) =>
    action === 'delete' && (kind === 'instance' || kind === 'volume') ? [id] : [],
  );
  return {
    number: (last?.number ?? 0) + 1,
    stamp: laterStamp(now, last?.stamp),
    startedAt: now.toISOString(),
    kind: rollback ? 'rollback' : restore ? 'restore' : 'apply',
    state: 'begun',
    ...(rollback && { target: rollback.target }),
    ...(restore && { to: restore.to }),
    ...(removed.length > 0 && { removed }),
    ...(limit !== undefined && { limit }),
    ...(kinds && { kinds }),
    ...(byName && { byName }),
    snapshots: [],
    counts: plan ? countsOf(plan) : { created: 0, changed: places.length, removed: 0 },
    hasFiles: false,
  };
}

/** Two runs in one second, or a clock that went back: stamps still differ and grow. */
function laterStamp(now: Date, last: string | undefined): string {
  const stamp = stampOf(now);
  if (last === undefined || stamp > last) return stamp;
  const time = timeOfStamp(last);
  return time === undefined ? stamp : stampOf(new Date(time + 1000));
}

async function tidy(
  { incus, projectName, trashSeconds = TRASH_SECONDS }: RunAbout,
  history: History,
  listening: Listening,
) {
  const { emit } = listening;
  try {
    const cleaning = await tidyUp(incus, projectName, history, trashSeconds, listening);
    if (cleaning.purged.length > 0) emit({ type: 'note', ...purgedNote(cleaning, trashSeconds) });
  } catch (error) {
    if (!(error instanceof AnklumeError)) throw error;
    emit({ type: 'note', level: 'warning', code: 'safety-cleaning', ...cleaningFailed(error) });
  }
}
