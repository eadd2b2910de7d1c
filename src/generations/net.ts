import type { ApplyReport, Discard, Plan } from '../engine/index.ts';
import type { Incus } from '../incus/index.ts';
import { AnklumeError, type Emit } from '../messages/index.ts';
import type { Repairs } from '../repair/index.ts';
import { type MachinePlace, stampOf } from '../snapshots/index.ts';
import { asideKeeper } from './aside.ts';
import { countsOf } from './concerned.ts';
import { readFiles } from './files.ts';
import type { GenerationRecord, Target } from './record.ts';
import { cleaningFailed, cleanUp, KEPT, takeSafetySnapshots } from './safety.ts';
import { History } from './store.ts';

/** One run that changes the world. */
export interface RunAbout {
  readonly incus: Incus;
  /** Names the daemon. */
  readonly where: string;
  readonly projectName: string;
  /** Project folder whose tree the run brings about. */
  readonly root: string;
  readonly plan: Plan;
  /** Machines to make a snapshot of first. */
  readonly places: readonly MachinePlace[];
  /** Neither snapshots nor putting aside. */
  readonly skip: boolean;
  readonly limit?: string;
  /** Of a rollback: where to, and the unfinished record it goes on with. */
  readonly rollback?: { readonly target: Target; readonly resumes?: GenerationRecord };
}

/** What catches the data of a run. */
export interface SafetyNet {
  readonly record: GenerationRecord;
  readonly discard?: Discard;
  /** To be called with how the run ended; without it the run counts as cut off. */
  finish(report: Pick<ApplyReport, 'failed' | 'skipped'>): Promise<void>;
}

interface Listening extends Repairs {
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Before the first change: the record of the run, and a snapshot of each machine. */
export async function spreadNet(about: RunAbout, listening: Listening): Promise<SafetyNet> {
  const { incus, projectName, where, rollback } = about;
  const history = new History(projectName, where);
  const files = readFiles(about.root);
  const begun = rollback?.resumes ?? (await nextRecord(history, about));
  const kind = begun.kind === 'rollback' ? 'pre-rollback' : 'pre-apply';
  const name = `${kind}-${begun.stamp}`;
  const places = about.skip ? [] : about.places;
  const planned = places.map(({ domain, machine, instance, project }) => ({
    domain,
    machine,
    instance,
    project,
    snapshot: name,
  }));
  // Written before they are made: what is made by a run that is killed is known, and goes in its time.
  const known = new Set(begun.snapshots.map(({ project, instance }) => `${project}/${instance}`));
  const added = planned.filter(({ project, instance }) => !known.has(`${project}/${instance}`));
  let record: GenerationRecord = { ...begun, snapshots: [...begun.snapshots, ...added] };
  await history.write(record);
  try {
    const made = await takeSafetySnapshots(incus, added, name, listening);
    record = { ...record, snapshots: [...begun.snapshots, ...made] };
  } catch (error) {
    await history.write({ ...record, state: 'failed' });
    throw error;
  }
  return {
    record,
    ...(!about.skip && { discard: asideKeeper(incus, projectName, record.stamp, listening) }),
    async finish(report) {
      const done = report.failed + report.skipped === 0;
      const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
      const told = [
        { path: 'plan.json', bytes: json(about.plan) },
        { path: 'result.json', bytes: json(report) },
      ];
      await history.keep(record.number, [...(await files), ...told]);
      await history.write({
        ...record,
        state: done ? 'done' : 'failed',
        finishedAt: new Date().toISOString(),
        hasFiles: true,
      });
      if (done) await tidy(incus, projectName, history, listening);
    },
  };
}

async function nextRecord(history: History, about: RunAbout): Promise<GenerationRecord> {
  const last = (await history.list()).at(-1);
  const now = new Date();
  return {
    number: (last?.number ?? 0) + 1,
    stamp: laterStamp(now, last?.stamp),
    startedAt: now.toISOString(),
    kind: about.rollback ? 'rollback' : 'apply',
    state: 'begun',
    ...(about.rollback && { target: about.rollback.target }),
    ...(about.limit !== undefined && { limit: about.limit }),
    snapshots: [],
    counts: countsOf(about.plan),
    hasFiles: false,
  };
}

/** Two runs in one second, or a clock that went back: stamps still differ and grow. */
function laterStamp(now: Date, last: string | undefined): string {
  const stamp = stampOf(now);
  if (last === undefined || stamp > last) return stamp;
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)$/.exec(last) ?? [];
  const time = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
  return Number.isNaN(time) ? stamp : stampOf(new Date(time + 1000));
}

async function tidy(incus: Incus, projectName: string, history: History, repairs: Listening) {
  const { emit } = repairs;
  try {
    await cleanUp(incus, projectName, history, KEPT, repairs);
  } catch (error) {
    if (!(error instanceof AnklumeError)) throw error;
    emit({ type: 'note', level: 'warning', code: 'safety-cleaning', ...cleaningFailed(error) });
  }
}
