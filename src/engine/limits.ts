import { availableParallelism } from 'node:os';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Incus } from '../incus/index.ts';
import type { PlanEntry } from './plan.ts';

/** Starts beyond twice the daemon's processors only wait for each other; 32 is the number of connections kept. */
const FEWEST_STARTS = 4;
const MOST_STARTS = 32;

/** A stop waits half a second without working, so many may wait at once. */
const STOPS = 24;

/** Parallel deletes of bridges fail in the daemon. */
const NETWORK_DELETES = 1;

/** Everything else is short. */
const OTHERS = 16;

/** How much of each kind of work is under way at a time. */
export type Limits = (entry: PlanEntry) => LimitFunction;

export function limitsFor(starts: number): Limits {
  const start = pLimit(starts);
  const stop = pLimit(STOPS);
  const networkDelete = pLimit(NETWORK_DELETES);
  const other = pLimit(OTHERS);
  return (entry) => {
    if (entry.kind === 'instance') return entry.action === 'delete' ? stop : start;
    return entry.kind === 'network' && entry.action === 'delete' ? networkDelete : other;
  };
}

/** Twice the processors of the daemon's host. A local daemon shares ours; a remote one is asked only when it matters. */
export async function startsAtOnce(incus: Incus, entries: readonly PlanEntry[]): Promise<number> {
  const machines = entries.filter((entry) => entry.kind === 'instance').length;
  if (machines <= FEWEST_STARTS) return FEWEST_STARTS;
  const local = incus.where.startsWith('unix:');
  const processors = local ? availableParallelism() : (await incus.resources()).cpu.total;
  return Math.min(MOST_STARTS, Math.max(FEWEST_STARTS, 2 * processors));
}
