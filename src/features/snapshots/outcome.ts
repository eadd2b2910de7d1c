import pLimit from 'p-limit';
import { AnklumeError, type Emit, step, type Text } from '../../base/messages/index.ts';
import type { Host } from '../../base/system/index.ts';
import type { MachinePlace } from '../../site/index.ts';

/** Machines worked on at a time: more only wait for the same disk. */
const AT_ONCE = 8;

/** How it ended for one machine. `again`: it was brought back to that snapshot before, and once more now. */
export type Result =
  | 'created'
  | 'restored'
  | 'again'
  | 'deleted'
  | 'unchanged'
  | 'skipped'
  | 'failed';

export interface SnapshotOutcome {
  readonly domain: string;
  readonly machine: string;
  readonly snapshot: string;
  readonly result: Result;
  readonly code?: string;
  readonly message?: Text;
  readonly remedy?: Text;
}

/** What one command did. Plain JSON. */
export interface SnapshotReport {
  readonly action: 'create' | 'restore' | 'delete';
  readonly changed: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly skipped: number;
  readonly outcomes: readonly SnapshotOutcome[];
}

export interface Listening {
  readonly emit: Emit;
  /** No new work after it; what is in flight ends by itself. */
  readonly signal: AbortSignal;
  /** Where the daemon runs, for what something killed left there; absent for a remote one. */
  readonly host?: Host | undefined;
}

/** What is to happen to one machine: work, or an end that was decided beforehand. */
export interface Step {
  readonly place: MachinePlace;
  readonly snapshot: string;
  readonly decided?: Pick<SnapshotOutcome, 'result' | 'code' | 'message' | 'remedy'>;
}

/** Carries the steps out in parallel; what fails stops nothing else. */
export async function carryOut<S extends Step>(
  action: SnapshotReport['action'],
  steps: readonly S[],
  verb: Text,
  work: (step: S) => Promise<Result>,
  listening: Listening,
): Promise<SnapshotReport> {
  const limit = pLimit(AT_ONCE);
  const outcomes = await Promise.all(
    steps.map((one) => limit(() => outcomeOf(one, verb, work, listening))),
  );
  const count = (...results: readonly Result[]) =>
    outcomes.filter(({ result }) => results.includes(result)).length;
  return {
    action,
    changed: count('created', 'restored', 'deleted'),
    unchanged: count('unchanged', 'again'),
    failed: count('failed'),
    skipped: count('skipped'),
    outcomes,
  };
}

async function outcomeOf<S extends Step>(
  one: S,
  verb: Text,
  work: (step: S) => Promise<Result>,
  { emit, signal }: Listening,
): Promise<SnapshotOutcome> {
  const { domain, machine, project, instance } = one.place;
  const about = { domain, machine, snapshot: one.snapshot };
  if (one.decided) return { ...about, ...one.decided };
  if (signal.aborted)
    return { ...about, result: 'skipped', code: 'interrupted', message: interrupted };
  const label = { en: `${verb.en} ${machine}`, fr: `${verb.fr} ${machine}` };
  try {
    const id = `snapshot:${project}/${instance}`;
    return { ...about, result: await step(emit, { id, label, domain }, () => work(one)) };
  } catch (error) {
    return { ...about, result: 'failed', ...explained(error) };
  }
}

const interrupted: Text = {
  en: 'not begun: the run was interrupted',
  fr: `pas commencé : l'exécution a été interrompue`,
};

function explained(error: unknown): Pick<SnapshotOutcome, 'code' | 'message' | 'remedy'> {
  if (!(error instanceof AnklumeError)) throw error;
  return { code: error.code, message: error.text, ...(error.remedy && { remedy: error.remedy }) };
}
