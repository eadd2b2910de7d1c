import { setTimeout as sleep } from 'node:timers/promises';
import type { Incus } from '../../incus/index.ts';
import type { Place } from './find.ts';
import { takeSample, type Usage, usageBetween } from './usage.ts';

/** Milliseconds between two looks: long enough for a rate, short enough to watch. */
const INTERVAL = 2000;
const FIRST = 500;

/** What the machines use, look after look, until the signal or until nobody asks any more. */
export async function* watchUsage(
  incus: Incus,
  places: readonly Place[],
  signal: AbortSignal,
): AsyncGenerator<Usage[]> {
  let before = await takeSample(incus);
  for (let wait = FIRST; !signal.aborted; wait = INTERVAL) {
    await sleep(wait, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const after = await takeSample(incus);
    yield usageBetween(before, after, places);
    before = after;
  }
}
