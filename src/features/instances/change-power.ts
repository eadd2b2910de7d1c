import type { Text } from '../../base/messages/index.ts';
import type { Daemon, Listening } from '../../site/index.ts';
import type { Place } from './find.ts';
import { carryOutPower, type PowerAction, type PowerOutcome, powerPlan } from './power.ts';

export interface PowerWanted {
  readonly action: PowerAction;
  readonly places: readonly Place[];
  /** All machines are meant, and none is named. */
  readonly ofAll: boolean;
  /** Ends the guest without asking it. */
  readonly force?: boolean | undefined;
  /** Seconds a guest may take to stop by itself. */
  readonly timeoutSeconds?: number | undefined;
  /** Asked with the protected machines that would be interrupted. */
  readonly confirm: (machines: readonly string[]) => Promise<void>;
}

/** How it ended for one machine. Plain JSON. */
export interface Powered extends Pick<PowerOutcome, 'todo' | 'result'> {
  readonly domain: string;
  readonly machine: string;
  readonly message?: Text;
}

/** Starts, stops or restarts machines as they are found. */
export async function changePower(
  { incus, host }: Daemon,
  { action, places, ofAll, force, timeoutSeconds, confirm }: PowerWanted,
  { emit, signal }: Listening,
): Promise<PowerOutcome[]> {
  const steps = powerPlan(places, await incus.instances.list(), action, { ofAll });
  const stopping = steps.filter(
    ({ place, todo }) => place.protected && (todo === 'stop' || todo === 'restart'),
  );
  if (stopping.length > 0) await confirm(stopping.map(({ place }) => place.machine));
  return carryOutPower(incus, steps, {
    emit,
    signal,
    host,
    ...(force && { force }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  });
}

export function toldPower({ place, todo, result, message }: PowerOutcome): Powered {
  const { domain, machine } = place;
  return { domain, machine, todo, result, ...(message && { message }) };
}
