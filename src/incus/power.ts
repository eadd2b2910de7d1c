import { setTimeout as pause } from 'node:timers/promises';
import type { AnklumeError, Text } from '../base/messages/index.ts';
import { IncusError, isKind, isNotFound } from './errors.ts';
import { isAlreadyInState } from './kinds.ts';
import { quoted } from './words.ts';

export type StateAction = 'start' | 'stop' | 'restart' | 'freeze' | 'unfreeze';

/** What a change of state needs of the daemon. */
export interface PowerCalls {
  /** Asks for the action and waits for its end. */
  readonly send: (action: StateAction) => Promise<void>;
  /** The state as the daemon tells it now; undefined for an instance that is gone. */
  readonly status: () => Promise<string | undefined>;
  /** Waits until no operation works on the instance, but not longer than a clean stop may take. */
  readonly settled: () => Promise<void>;
}

export interface PowerTarget {
  readonly name: string;
  /** Ends the guest without asking it. */
  readonly force: boolean;
}

/** States in which a machine is on its way to another. */
const PASSING = new Set(['Starting', 'Stopping', 'Aborting', 'Freezing', 'Thawed']);

/** A state that passes is looked at so many times, so many milliseconds apart. */
const LOOKS = 100;
const LOOK_PAUSE = 50;

/** Where each action has to lead. A virtual machine whose agent answers is `Ready`. */
const REACHED: Readonly<Record<StateAction, readonly (string | undefined)[]>> = {
  start: ['Running', 'Ready'],
  restart: ['Running', 'Ready'],
  unfreeze: ['Running', 'Ready'],
  freeze: ['Frozen'],
  // An ephemeral one goes when it stops.
  stop: ['Stopped', undefined],
};

/**
 * Brings an instance to a state from whichever it is in, and looks whether it is there. The daemon takes a frozen
 * instance for one that runs: it starts none, says that it cannot be restarted, and waits in vain for it to stop,
 * after which nothing in it answers any more. So what is frozen is thawed first.
 */
export async function changeState(
  calls: PowerCalls,
  action: StateAction,
  target: PowerTarget,
): Promise<void> {
  const before = await passed(calls);
  try {
    await take(calls, action, target, before);
  } catch (error) {
    if (!isKind(error, 'busy', 'timeout')) throw error;
    // Somebody else works on it at this moment, or it stopped a little too late: what is left to do shows afterwards.
    await calls.settled();
    const now = await passed(calls);
    if (!REACHED[action].includes(now) || action === 'restart') {
      if (isKind(error, 'timeout')) throw error;
      await take(calls, action, target, now);
    }
  }
  const after = await passed(calls);
  if (!REACHED[action].includes(after)) throw notThere(target.name, action, after);
}

async function take(
  { send }: PowerCalls,
  action: StateAction,
  { force }: PowerTarget,
  from: string | undefined,
): Promise<void> {
  for (const step of stepsOf(action, from, force))
    try {
      await send(step);
    } catch (error) {
      if (!isDone(step, error)) throw error;
    }
}

/** What to ask for, in order, for the state that was found. */
export function stepsOf(
  action: StateAction,
  from: string | undefined,
  force: boolean,
): readonly StateAction[] {
  if (from === 'Frozen') {
    if (action === 'start' || action === 'unfreeze') return ['unfreeze'];
    if (action === 'freeze') return [];
    return force ? [action] : ['unfreeze', action];
  }
  if (from === 'Stopped' && action === 'restart') return ['start'];
  if (from === 'Stopped' && action === 'stop') return [];
  return [action];
}

/** The daemon's refusal to start what runs or to stop what is stopped; a restart that it refuses was none. */
function isDone(step: StateAction, error: unknown): boolean {
  return (
    step !== 'restart' &&
    isKind(error, 'invalid', 'failed') &&
    isAlreadyInState(error.untrustedWords)
  );
}

async function passed({ status }: PowerCalls): Promise<string | undefined> {
  let now = await statusIfThere(status);
  for (let left = LOOKS; left > 0 && now !== undefined && PASSING.has(now); left--) {
    await pause(LOOK_PAUSE);
    now = await statusIfThere(status);
  }
  return now;
}

async function statusIfThere(status: PowerCalls['status']): Promise<string | undefined> {
  try {
    return await status();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

const ASKED: Readonly<Record<StateAction, Text>> = {
  start: { en: 'start', fr: 'démarrer' },
  stop: { en: 'stop', fr: 'arrêter' },
  restart: { en: 'restart', fr: 'redémarrer' },
  freeze: { en: 'freeze', fr: 'geler' },
  unfreeze: { en: 'unfreeze', fr: 'dégeler' },
};

function notThere(name: string, action: StateAction, status: string | undefined): AnklumeError {
  const asked = ASKED[action];
  const shown = quoted(name);
  const is = quoted(status ?? '');
  return new IncusError({
    status: 0,
    kind: status === undefined ? 'not-found' : 'failed',
    code: 'incus-other-state',
    message:
      status === undefined
        ? {
            en: `Incus was asked to ${asked.en} '${shown}', which does not exist.`,
            fr: `Incus devait ${asked.fr} « ${shown} », qui n'existe pas.`,
          }
        : {
            en: `Incus was asked to ${asked.en} '${shown}', and says that it is ${is} now.`,
            fr: `Incus devait ${asked.fr} « ${shown} », et dit que son état est maintenant ${is}.`,
          },
    remedy: {
      en: `See what it says itself: 'anklume instance logs ${shown} --console'; end it with 'anklume instance stop ${shown} --force'.`,
      fr: `Voyez ce qu'elle en dit : « anklume instance logs ${shown} --console » ; arrêtez-la avec « anklume instance stop ${shown} --force ».`,
    },
  });
}
