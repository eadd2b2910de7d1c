import { AnklumeError, type Emit, silent, step, type Text } from '../base/messages/index.ts';
import type { Host } from '../base/system/index.ts';
import type { Incus } from '../incus/index.ts';
import { separateIdmaps } from './idmap/separate.ts';
import { labelOf } from './labels.ts';
import { type Limits, limitsFor, startsAtOnce } from './limits.ts';
import type { Discard, ImageOptions, Make } from './perform/context.ts';
import { ImageTemplates } from './perform/nesting.ts';
import { Outage } from './perform/outage.ts';
import { perform } from './perform/perform.ts';
import { isUncertain, remainder } from './perform/recover.ts';
import { Stillness } from './perform/stillness.ts';
import type { ApplyReport, Outcome, Plan, PlanEntry } from './plan.ts';

export interface ExecuteOptions {
  readonly emit?: Emit;
  /** No new work after it; what is in flight ends by itself and is told. */
  readonly signal?: AbortSignal;
  /** Machines created, started or changed at a time. Default: twice the daemon's processors, at least 4. */
  readonly concurrency?: number;
  /** Where the daemon runs, for what is fetched or built there; absent for a remote one. */
  readonly host?: Host;
  readonly images?: ImageOptions;
  /** Seconds that a daemon which went away may take to come back, once for the whole run. Default: 60. */
  readonly patience?: number;
  /** Takes the place of the removal of a machine or a volume, to keep its data. Called again after an interruption. */
  readonly discard?: Discard;
  /** Takes the place of the creation of machines. Called again after an interruption. */
  readonly make?: Make;
  /** Called when all that an entry stands on is done; gives what is to be carried out. May take its time. */
  readonly before?: (entry: Doable) => Promise<Doable>;
  /** Called with how each entry ended. */
  readonly ended?: (outcome: Outcome) => void;
}

type Doable = Exclude<PlanEntry, { readonly action: 'refuse' }>;

/** A daemon that is killed twice under the same entry is not tried a third time. */
const RECOVERIES = 2;

/**
 * Carries a plan out as a graph: an entry begins when those it needs have ended, and nothing else is waited for.
 * What fails takes only its dependants with it; the report says how each entry ended.
 */
export async function executePlan(
  plan: Plan,
  incus: Incus,
  options: ExecuteOptions = {},
): Promise<ApplyReport> {
  const starts = options.concurrency ?? (await startsAtOnce(incus, plan.entries));
  const run = new Run(plan, incus, limitsFor(starts), options);
  const outcomes = await run.all();
  if (!run.isGivenUp) await separate(plan, outcomes, incus);
  const open = plan.notes.filter(({ drift }) => drift).length;
  const count = (result: Outcome['result']) =>
    outcomes.filter((outcome) => outcome.result === result).length;
  return {
    done: count('done'),
    failed: count('failed'),
    skipped: count('skipped'),
    unchanged: plan.unchanged,
    ...(open > 0 && { open }),
    outcomes,
  };
}

/** Machines that this run gave a map: whether it is theirs alone is seen in the end. */
async function separate(plan: Plan, outcomes: readonly Outcome[], incus: Incus): Promise<void> {
  const done = new Set(outcomes.flatMap(({ id, result }) => (result === 'done' ? [id] : [])));
  const containers = plan.entries.filter(
    (entry) =>
      done.has(entry.id) &&
      entry.kind === 'instance' &&
      'body' in entry &&
      entry.body.config['security.idmap.isolated'] === 'true',
  );
  const placesOf = (isNew: boolean) =>
    containers
      .filter(({ action }) => (action !== 'update') === isNew)
      .map(({ project = '', name }) => ({ project, name }));
  try {
    await separateIdmaps(incus, placesOf(true), true);
    await separateIdmaps(incus, placesOf(false), false);
  } catch (error) {
    // The next plan sees what is left, and tells.
    if (!(error instanceof AnklumeError)) throw error;
  }
}

class Run {
  readonly #plan: Plan;
  readonly #incus: Incus;
  readonly #limits: Limits;
  readonly #emit: Emit;
  readonly #signal: AbortSignal | undefined;
  readonly #host: Host | undefined;
  readonly #templates = new ImageTemplates();
  readonly #stillness = new Stillness();
  readonly #outage: Outage;
  readonly #images: ImageOptions | undefined;
  readonly #discard: Discard | undefined;
  readonly #make: Make | undefined;
  readonly #before: NonNullable<ExecuteOptions['before']>;
  readonly #ended: ExecuteOptions['ended'];
  /** For each entry: whether it was done, once it has ended. */
  readonly #fates: ReadonlyMap<string, Signal<boolean>>;

  constructor(plan: Plan, incus: Incus, limits: Limits, options: ExecuteOptions) {
    this.#plan = plan;
    this.#incus = incus;
    this.#limits = limits;
    this.#emit = options.emit ?? silent;
    this.#signal = options.signal;
    this.#host = options.host;
    this.#outage = new Outage(options.patience);
    this.#images = options.images;
    this.#discard = options.discard;
    this.#make = options.make;
    this.#before = options.before ?? (async (entry) => entry);
    this.#ended = options.ended;
    this.#fates = new Map(plan.entries.map((entry) => [entry.id, new Signal()]));
  }

  all(): Promise<Outcome[]> {
    return Promise.all(this.#plan.entries.map((entry) => this.#one(entry)));
  }

  /** The daemon went away and did not come back. */
  get isGivenUp(): boolean {
    return this.#outage.isGivenUp;
  }

  async #one(entry: PlanEntry): Promise<Outcome> {
    const outcome = await this.#outcome(entry);
    this.#ended?.(outcome);
    this.#fates.get(entry.id)?.give(outcome.result === 'done');
    return outcome;
  }

  async #outcome(entry: PlanEntry): Promise<Outcome> {
    if (entry.action === 'refuse') return this.#refused(entry);
    const blocker = await this.#firstBlocker(entry);
    if (blocker !== undefined) return this.#skipped(entry, 'dependency', becauseOf(blocker));
    const ready = await this.#before(entry);
    return this.#limits(entry)(() => {
      if (this.#signal?.aborted) return this.#skipped(entry, 'interrupted', interrupted);
      if (this.isGivenUp) return this.#skipped(entry, 'daemon-gone', daemonGone);
      return this.#carryOut(ready);
    });
  }

  async #firstBlocker(entry: PlanEntry): Promise<string | undefined> {
    const fates = await Promise.all(
      entry.needs.map(async (id) => ({ id, ok: await this.#fates.get(id)?.given })),
    );
    return fates.find((fate) => fate.ok === false)?.id;
  }

  async #carryOut(entry: Doable): Promise<Outcome> {
    const about = {
      id: entry.id,
      label: labelOf(entry),
      ...(entry.domain !== undefined && { domain: entry.domain }),
    };
    try {
      await step(this.#emit, about, () => this.#persist(entry));
      return { id: entry.id, action: entry.action, result: 'done' };
    } catch (error) {
      return { id: entry.id, action: entry.action, result: 'failed', ...explain(error) };
    }
  }

  /** Performs the entry, and after an outcome nobody heard what a fresh look says is left of it. */
  async #persist(entry: Doable): Promise<void> {
    // What looks torn may still be in the making, for a run that was killed: deleted now, both would write into it.
    const looksTorn = entry.kind === 'instance' && entry.action === 'recreate';
    let left = looksTorn ? await this.#remainder(entry) : entry;
    for (let recoveries = 0; left; recoveries += 1) {
      try {
        return await perform(this.#incus, left, {
          emit: this.#emit,
          templates: this.#templates,
          stillness: this.#stillness,
          ...(this.#signal && { signal: this.#signal }),
          ...(this.#host && { host: this.#host }),
          ...(this.#images && { images: this.#images }),
          ...(this.#discard && { discard: this.#discard }),
          ...(this.#make && { make: this.#make }),
        });
      } catch (error) {
        if (!isUncertain(error) || recoveries >= RECOVERIES) throw error;
      }
      left = await this.#remainder(left);
    }
  }

  #remainder(entry: Doable): Promise<Doable | undefined> {
    return remainder(this.#incus, entry, this.#plan.projectName, this.#outage, this.#signal);
  }

  #refused(entry: Extract<PlanEntry, { action: 'refuse' }>): Outcome {
    const { id, action, code, reason: message, remedy } = entry;
    this.#emit({ type: 'step.skipped', id, reason: message });
    return { id, action, result: 'failed', code, message, ...(remedy && { remedy }) };
  }

  #skipped(entry: PlanEntry, code: string, message: Text): Outcome {
    this.#emit({ type: 'step.skipped', id: entry.id, reason: message });
    return { id: entry.id, action: entry.action, result: 'skipped', code, message };
  }
}

/** A value that comes later, once: further ones are ignored. */
class Signal<T> {
  readonly given: Promise<T>;
  give: (value: T) => void = () => {};

  constructor() {
    this.given = new Promise((resolve) => {
      this.give = resolve;
    });
  }
}

function becauseOf(blocker: string): Text {
  return {
    en: `not done, because ${blocker} was not`,
    fr: `pas fait, parce que ${blocker} ne l'a pas été`,
  };
}

const interrupted: Text = {
  en: 'not begun: the run was interrupted',
  fr: `pas commencé : l'exécution a été interrompue`,
};

const daemonGone: Text = {
  en: 'not begun: the daemon went away and did not come back',
  fr: "pas commencé : le démon a disparu et n'est pas revenu",
};

function explain(error: unknown): Pick<Outcome, 'code' | 'message' | 'remedy'> {
  if (error instanceof AnklumeError)
    return { code: error.code, message: error.text, ...(error.remedy && { remedy: error.remedy }) };
  const words = error instanceof Error ? error.message : String(error);
  return { code: 'unexpected', message: { en: words, fr: words } };
}
