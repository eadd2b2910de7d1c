import type { Incus, Snapshot } from '../../incus/index.ts';
import { isUnfinished } from '../../repair/index.ts';
import type { MachinePlace } from '../../site/index.ts';
import { isReserved } from '../../site/index.ts';
import { look } from './look.ts';
import { oldestFirst } from './order.ts';
import type { Listening } from './outcome.ts';

/** One snapshot as people ask about it. Plain JSON. */
export interface ListedSnapshot {
  readonly domain: string;
  readonly machine: string;
  readonly name: string;
  /** ISO 8601. */
  readonly madeAt: string;
  /** ISO 8601; absent for one that stays. */
  readonly expiresAt?: string;
  /** Made by apply or rollback before a change. */
  readonly safety: boolean;
  /** It was cut off while it was made or deleted, and is not whole. */
  readonly unfinished?: true;
}

/** The snapshots of the machines, oldest first. */
export async function listSnapshots(
  incus: Incus,
  places: readonly MachinePlace[],
  { signal }: Pick<Listening, 'signal'>,
): Promise<ListedSnapshot[]> {
  const all = await look(incus, places, { signal });
  return all.flatMap(({ domain, machine, live }) =>
    [...(live?.snapshots ?? [])].sort(oldestFirst).map((one) => ({
      domain,
      machine,
      name: one.name,
      madeAt: one.created_at,
      ...end(one),
      safety: isReserved(one.name),
    })),
  );
}

function end(one: Snapshot): Pick<ListedSnapshot, 'expiresAt' | 'unfinished'> {
  if (isUnfinished(one)) return { unfinished: true };
  const { expires_at: date } = one;
  // The daemon writes the year 1 for "never".
  return date && Date.parse(date) > 0 ? { expiresAt: date } : {};
}
