import { type Emit, verbatim } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import type { Catalogue } from './catalogue.ts';
import { type Envelope, inSeconds } from './envelopes.ts';
import { commandRun, type ScenarioRun, type StepRun, type StepStatus } from './report.ts';

const COMMAND = 'application/vnd.anklume.command+json';

interface Case {
  readonly pickleId: string;
  readonly steps: ReadonlyMap<string, { keyword: string; text: string }>;
}

interface Running {
  readonly case: Case;
  readonly id: string;
  readonly began: number;
  readonly run: Omit<ScenarioRun, 'status' | 'seconds'>;
  step: StepRun | undefined;
}

/** Makes results of the messages of one round, and tells of them as they come. */
export class Collector {
  readonly #catalogue: Catalogue;
  readonly #round: number;
  readonly #emit: Emit;
  readonly #hooks = new Map<string, string>();
  readonly #cases = new Map<string, Case>();
  readonly #running = new Map<string, Running>();
  readonly #finished: ScenarioRun[] = [];

  constructor(catalogue: Catalogue, round: number, emit: Emit) {
    this.#catalogue = catalogue;
    this.#round = round;
    this.#emit = emit;
  }

  get finished(): readonly ScenarioRun[] {
    return this.#finished;
  }

  add(envelope: Envelope): void {
    this.#catalogue.add(envelope);
    const { hook, testCase, testCaseStarted, testCaseFinished } = envelope;
    const { testStepStarted, testStepFinished, attachment } = envelope;
    if (hook) this.#hooks.set(hook.id, hook.name ?? '');
    if (testCase) this.#prepare(testCase);
    if (testCaseStarted) this.#begin(testCaseStarted);
    if (testStepStarted) this.#beginStep(testStepStarted);
    if (attachment?.mediaType === COMMAND) {
      const command = commandRun(attachment.body);
      const running = this.#running.get(attachment.testCaseStartedId ?? '');
      if (command) running?.step?.commands.push(command);
    }
    if (testStepFinished) this.#endStep(testStepFinished);
    if (testCaseFinished)
      this.#end(testCaseFinished.testCaseStartedId, inSeconds(testCaseFinished.timestamp));
  }

  /** Ends what the runner did not: it was killed, or died. */
  abandon(reason: string): void {
    for (const [id, { began, step }] of this.#running) {
      if (step) Object.assign(step, { status: 'failed', error: reason });
      this.#end(id, Math.max(began, Date.now() / 1000), 'failed');
    }
  }

  #prepare({ id, pickleId, testSteps }: NonNullable<Envelope['testCase']>): void {
    const steps = testSteps.map(({ id: stepId, pickleStepId, hookId }) => {
      const step = pickleStepId ? this.#catalogue.step(pickleId, pickleStepId) : undefined;
      const hook = { keyword: 'Hook', text: this.#hooks.get(hookId ?? '') ?? '' };
      return [stepId, step ?? hook] as const;
    });
    this.#cases.set(id, { pickleId, steps: new Map(steps) });
  }

  #begin({ id, testCaseId, timestamp }: NonNullable<Envelope['testCaseStarted']>): void {
    const found = this.#cases.get(testCaseId);
    const text = found && this.#catalogue.scenario(found.pickleId);
    if (!found || !text) return;
    const { undefinedSteps: _, matrix, ...about } = text;
    const run = { ...about, matrix: [...matrix], round: this.#round, steps: [] };
    const step = `scenario:${this.#round}/${text.category}/${text.name}:${text.line}`;
    const began = inSeconds(timestamp);
    this.#running.set(id, { case: found, id: step, began, run, step: undefined });
    const label = verbatim(`${text.category} ${text.name}: ${text.scenario}`);
    this.#emit({ type: 'step.started', id: step, label, domain: text.name });
  }

  #beginStep({ testCaseStartedId, testStepId }: NonNullable<Envelope['testStepStarted']>): void {
    const running = this.#running.get(testCaseStartedId);
    const words = running?.case.steps.get(testStepId);
    if (!running || !words) return;
    running.step = { ...words, status: 'skipped', seconds: 0, commands: [] };
    running.run.steps.push(running.step);
    const text = verbatim(`${words.keyword} ${words.text}`);
    this.#emit({ type: 'step.progress', id: running.id, text });
  }

  #endStep(message: NonNullable<Envelope['testStepFinished']>): void {
    const step = this.#running.get(message.testCaseStartedId)?.step;
    if (!step) return;
    const { status, duration, message: error } = message.testStepResult;
    step.status = statusOf(status);
    step.seconds = inSeconds(duration);
    if (error !== undefined) step.error = printable(error);
    if (step.status === 'undefined') step.error = `No step is defined for: ${step.text}`;
  }

  #end(startedId: string, at: number, forced?: StepStatus): void {
    const running = this.#running.get(startedId);
    if (!running) return;
    this.#running.delete(startedId);
    const { run, began, id } = running;
    // A hook that had nothing to do tells a reader nothing.
    const steps = run.steps.filter(
      ({ keyword, status }) => keyword !== 'Hook' || status !== 'passed',
    );
    const worst = steps.find(({ status }) => status !== 'passed');
    const status = forced ?? worst?.status ?? 'passed';
    const seconds = Math.max(0, at - began);
    this.#finished.push({ ...run, steps, status, seconds });
    const words = verbatim(`${worst?.keyword} ${worst?.text}: ${firstLine(worst?.error)}`);
    if (status === 'passed') this.#emit({ type: 'step.done', id, seconds });
    else this.#emit({ type: 'step.failed', id, code: 'scenario-failed', message: words });
  }
}

function statusOf(word: string): StepStatus {
  const known: Readonly<Record<string, StepStatus>> = {
    PASSED: 'passed',
    SKIPPED: 'skipped',
    UNDEFINED: 'undefined',
    AMBIGUOUS: 'ambiguous',
    PENDING: 'pending',
  };
  return known[word] ?? 'failed';
}

function firstLine(text = ''): string {
  return text.split('\n')[0] ?? '';
}
