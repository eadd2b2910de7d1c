import { isOn } from '../../world/infra/index.ts';
import { type IdRange, type Mapped, nextIds } from './ranges.ts';

/** What a container needs that hosts no others: all users that a system knows. */
export const PLAIN_SIZE = 65_536;

/** What Incus uses where nobody says otherwise, and its packages write into /etc/subuid. */
const USUAL: IdRange = { start: 1_000_000, size: 1_000_000_000 };

/**
 * The range that a daemon takes the users of its containers from, as it reads it itself: the first line for root, by
 * name or else by number, that is long enough; cut to what the groups have as well. Undefined where there is none.
 */
export function subIdsOf(subuid: string, subgid: string): IdRange | undefined {
  const users = firstRange(subuid);
  const groups = firstRange(subgid);
  if (!users || !groups || groups.start > users.start) return undefined;
  const end = Math.min(users.start + users.size, groups.start + groups.size);
  return end - users.start < PLAIN_SIZE
    ? undefined
    : { start: users.start, size: end - users.start };
}

function firstRange(text: string): IdRange | undefined {
  const lines = text.split('\n').map((line) => (line.split('#')[0] ?? '').trim().split(':'));
  for (const owner of ['root', '0']) {
    const mine = lines.filter(([name, ...numbers]) => name === owner && numbers.length === 2);
    if (mine.length === 0) continue;
    return mine
      .map(([, start, size]) => ({ start: Number(start), size: Number(size) }))
      .find(({ start, size }) => Number.isSafeInteger(start) && size >= PLAIN_SIZE);
  }
  return undefined;
}

/** How many users are left for containers that get a map of their own; Incus leaves the first 65536 out. */
export function freeIds(range: IdRange | undefined, instances: readonly Mapped[]): number {
  const { size } = range ?? USUAL;
  const taken = instances.filter(hasOwnMap).flatMap((live) => nextIds(live) ?? []);
  return size - PLAIN_SIZE - taken.reduce((sum, one) => sum + one.size, 0);
}

/** How many containers of the usual kind an empty daemon can hold, with the room for a snapshot of one of them. */
export function containersThatFit(range: IdRange | undefined): number {
  return Math.max(0, Math.floor(freeIds(range, []) / PLAIN_SIZE) - 1);
}

/** Whether Incus chose users for this container alone. */
export function hasOwnMap({ type, config, expanded_config: expanded }: Mapped): boolean {
  return (
    type === 'container' &&
    isOn(expanded['security.idmap.isolated']) &&
    !isOn(expanded['security.privileged']) &&
    (config['volatile.idmap.base'] ?? '0') !== '0'
  );
}

/** Left for machines that are made later, when hosts of others get the largest map that fits. */
const RESERVE = 100 * PLAIN_SIZE;

/**
 * The size of the map of machines that host others, one for all that have none yet: a million, and for the sub-ids of
 * their own Incus 500 million, or so often half of it as it takes for all to fit. One more has to fit: Incus looks for
 * as many free users whenever it makes a snapshot. Where not even the smallest fits, they get what any machine gets.
 */
export function nestedSize(free: number, machines: number): number {
  for (let inner = 500_000_000; inner >= 1_000_000; inner = Math.floor(inner / 2)) {
    const size = OUTSIDE_INNER + inner;
    if ((machines + 1) * size <= free - RESERVE) return size;
  }
  return PLAIN_SIZE;
}

/** What a host of others keeps of its map for itself, below the users of the containers inside. */
const OUTSIDE_INNER = 1_000_000;

/** How many users a host of others with a map of this size can give its own containers. */
export function innerSize(size: number): number {
  return Math.max(0, size - OUTSIDE_INNER);
}
