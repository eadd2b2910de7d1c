import pLimit from 'p-limit';
import type { Incus, Instance } from '../incus/index.ts';
import { AnklumeError, type Emit, step, type Text } from '../messages/index.ts';
import type { Place } from './find.ts';

export type PowerAction = 'start' | 'stop' | 'restart';

/** What one machine needs. `none`: it is as wanted; `absent`: Incus has no such machine. */
export interface PowerStep {
  readonly place: Place;
  readonly todo: PowerAction | 'none' | 'absent';
}

export interface PowerOutcome extends PowerStep {
  readonly result: 'done' | 'unchanged' | 'failed' | 'skipped';
  readonly message?: Text;
}

export interface PowerOptions {
  /** Ends the guest without asking it. */
  readonly force?: boolean;
  /** Seconds a guest may take to stop by itself. */
  readonly timeoutSeconds?: number;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** What there is to do for machines in the state in which they were found. A restart starts what is stopped. */
export function powerPlan(
  places: readonly Place[],
  live: readonly Pick<Instance, 'name' | 'project' | 'status'>[],
  action: PowerAction,
): PowerStep[] {
  const states = new Map(live.map(({ project, name, status }) => [`${project}/${name}`, status]));
  return places.map((place) => {
    const state = states.get(`${place.project}/${place.instance}`);
    if (state === undefined) return { place, todo: 'absent' };
    if (state === 'Stopped') return { place, todo: action === 'stop' ? 'none' : 'start' };
    return { place, todo: action === 'start' && state === 'Running' ? 'none' : action };
  });
}

/** Does it, several machines at a time: more than that only waits for the same disk. */
export async function carryOutPower(
  incus: Incus,
  steps: readonly PowerStep[],
  options: PowerOptions,
): Promise<PowerOutcome[]> {
  const atOnce = pLimit(8);
  return Promise.all(steps.map((one) => atOnce(() => carryOut(incus, one, options))));
}

async function carryOut(
  incus: Incus,
  one: PowerStep,
  { force = false, timeoutSeconds, emit, signal }: PowerOptions,
): Promise<PowerOutcome> {
  const { place, todo } = one;
  if (todo === 'none') return { ...one, result: 'unchanged' };
  if (todo === 'absent') return { ...one, result: 'failed', message: absent(place) };
  if (signal.aborted) return { ...one, result: 'skipped' };
  const { project, instance } = place;
  try {
    await step(emit, { id: `${todo}:${project}/${instance}`, label: LABELS[todo](place) }, () =>
      incus.instances.setState(instance, todo, {
        project,
        ...(todo !== 'start' && { force, ...(timeoutSeconds && { timeoutSeconds }) }),
      }),
    );
    return { ...one, result: 'done' };
  } catch (error) {
    if (!(error instanceof AnklumeError)) throw error;
    return { ...one, result: 'failed', message: error.text };
  }
}

const LABELS: Readonly<Record<PowerAction, (place: Place) => Text>> = {
  start: ({ machine }) => ({ en: `Start ${machine}`, fr: `Démarrer ${machine}` }),
  stop: ({ machine }) => ({ en: `Stop ${machine}`, fr: `Arrêter ${machine}` }),
  restart: ({ machine }) => ({ en: `Restart ${machine}`, fr: `Redémarrer ${machine}` }),
};

function absent({ machine }: Place): Text {
  return {
    en: `${machine} is declared and does not exist yet ('anklume apply' makes it).`,
    fr: `${machine} est déclarée et n'existe pas encore (« anklume apply » la crée).`,
  };
}
