import pLimit from 'p-limit';
import { AnklumeError, type Emit, step, type Text } from '../../base/messages/index.ts';
import type { Host } from '../../base/system/index.ts';
import { nicTwins } from '../../engine/index.ts';
import type { Incus, Instance } from '../../incus/index.ts';
import { restartMachine, startMachine } from '../../repair/index.ts';
import type { Place } from './find.ts';

export type PowerAction = 'start' | 'stop' | 'restart';

/**
 * What one machine needs. `none`: it is as wanted; `absent`: Incus has no such machine; `blocked`: it could not be
 * started, so it is not stopped either.
 */
export interface PowerStep {
  readonly place: Place;
  readonly todo: PowerAction | 'none' | 'absent' | 'blocked';
  /** The instances that block it: `PROJECT/NAME`. */
  readonly blockedBy?: readonly string[];
  /** It is frozen, and is thawed first. */
  readonly frozen?: true;
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
  /** Where the daemon runs; absent for a remote one. */
  readonly host?: Host | undefined;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/**
 * What there is to do for machines in the state in which they were found. A restart starts what is stopped. Where all are
 * meant and none is named, one that does not exist runs no more than one that was stopped.
 */
export function powerPlan(
  places: readonly Place[],
  live: readonly Pick<Instance, 'name' | 'project' | 'status' | 'expanded_devices'>[],
  action: PowerAction,
  { ofAll = false }: { readonly ofAll?: boolean } = {},
): PowerStep[] {
  const known = new Map(live.map((one) => [`${one.project}/${one.name}`, one]));
  return places.map((place) => {
    const found = known.get(`${place.project}/${place.instance}`);
    if (found === undefined) return { place, todo: ofAll && action === 'stop' ? 'none' : 'absent' };
    const todo = todoOf(found.status, action);
    // What is frozen has its NIC, and keeps it when it is thawed.
    const frozen = found.status === 'Frozen' ? { frozen: true as const } : {};
    const starts = todo === 'restart' || (todo === 'start' && !frozen.frozen);
    const blockedBy = starts ? nicTwins(found, live) : [];
    if (blockedBy.length > 0) return { place, todo: 'blocked', blockedBy };
    return { place, todo, ...frozen };
  });
}

function todoOf(state: string, action: PowerAction): PowerAction | 'none' {
  if (state === 'Stopped') return action === 'stop' ? 'none' : 'start';
  return action === 'start' && RUNNING.has(state) ? 'none' : action;
}

/** A virtual machine whose agent answers is `Ready`. */
const RUNNING = new Set(['Running', 'Ready']);

/** Does it, several machines at a time: more than that only waits for the same disk. */
export async function carryOutPower(
  incus: Incus,
  steps: readonly PowerStep[],
  options: PowerOptions,
): Promise<PowerOutcome[]> {
  const atOnce = pLimit(8);
  const outcomes = await Promise.all(
    steps.map((one) => atOnce(() => carryOut(incus, one, options))),
  );
  const isLate = ({ todo, result }: PowerOutcome) => todo === 'stop' && result === 'failed';
  if (options.signal.aborted || !outcomes.some(isLate)) return outcomes;
  return arrivedLate(outcomes, await incus.instances.list());
}

/** Many guests that stop at once take longer than one may: those that have stopped meanwhile have not failed. */
export function arrivedLate(
  outcomes: readonly PowerOutcome[],
  live: readonly Pick<Instance, 'name' | 'project' | 'status'>[],
): PowerOutcome[] {
  const stopped = new Set(
    live.flatMap(({ name, project, status }) =>
      status === 'Stopped' ? [`${project}/${name}`] : [],
    ),
  );
  return outcomes.map((one) => {
    const { place, todo, result, message: _late, ...rest } = one;
    const isThere = stopped.has(`${place.project}/${place.instance}`);
    if (todo !== 'stop' || result !== 'failed' || !isThere) return one;
    return { ...rest, place, todo, result: 'done' };
  });
}

async function carryOut(
  incus: Incus,
  one: PowerStep,
  options: PowerOptions,
): Promise<PowerOutcome> {
  const { place, todo } = one;
  const { emit, signal } = options;
  if (todo === 'none') return { ...one, result: 'unchanged' };
  if (todo === 'absent') return { ...one, result: 'failed', message: absent(place) };
  if (todo === 'blocked') return { ...one, result: 'failed', message: blocked(one) };
  if (signal.aborted) return { ...one, result: 'skipped' };
  const { project, instance } = place;
  try {
    await step(emit, { id: `${todo}:${project}/${instance}`, label: labelOf(one, todo) }, () =>
      change(incus, { name: instance, project }, todo, options),
    );
    return { ...one, result: 'done' };
  } catch (error) {
    if (!(error instanceof AnklumeError)) throw error;
    return { ...one, result: 'failed', message: error.text };
  }
}

function labelOf({ place, frozen }: PowerStep, todo: PowerAction): Text {
  const { en, fr } = LABELS[todo](place);
  if (!frozen) return { en, fr };
  return { en: `${en}, which is frozen`, fr: `${fr}, qui est gelée` };
}

function change(
  incus: Incus,
  ref: { readonly name: string; readonly project: string },
  action: PowerAction,
  { force = false, timeoutSeconds, ...repairs }: PowerOptions,
): Promise<void> {
  if (action === 'start') return startMachine(incus, ref, repairs);
  const how = { force, ...(timeoutSeconds && { timeoutSeconds }) };
  if (action === 'restart') return restartMachine(incus, ref, how, repairs);
  return incus.instances.setState(ref.name, 'stop', { project: ref.project, ...how });
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

function blocked({ place, blockedBy = [] }: PowerStep): Text {
  const others = blockedBy.join(', ');
  const [project, name] = (blockedBy[0] ?? '').split('/');
  const line = `anklume incus -- config device remove ${name} eth0 --project ${project}`;
  return {
    en: `${others} carries the address or the MAC of ${place.machine} (a copy takes them along), so it could not be started; nothing was done. Give the other a NIC of its own: ${line}`,
    fr: `${others} porte l'adresse ou la MAC de ${place.machine} (une copie les emporte), qui ne pourrait donc pas démarrer ; rien n'a été fait. Donnez à l'autre sa propre carte : ${line}`,
  };
}
