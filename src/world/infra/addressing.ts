import { hash32 } from './hash.ts';

/** Host part of every gateway. */
export const GATEWAY_HOST = 254;
/** Host part kept for the firewall machine. */
export const FIREWALL_HOST = 253;

/** Subnet ids that are handed out first: people write small ones by hand. 64 to 254 are 191 ids, a prime. */
const HIGH_SUBNETS = { first: 64, size: 191 };
/** 0 to 60, 61 ids, a prime; 61 to 63 are left to people. */
const LOW_SUBNETS = { first: 0, size: 61 };

/** Host parts that are handed out first: people write .10, .20 and the like. 101 to 251 are 151, a prime. */
const HIGH_HOSTS = { first: 101, size: 151 };
/** 2 to 98, 97 host parts, a prime. */
const LOW_HOSTS = { first: 2, size: 97 };

interface Range {
  readonly first: number;
  /** Must be a prime, so that any step visits every number. */
  readonly size: number;
}

/**
 * Chooses a subnet id for each domain that has none.
 *
 * A name has an order of preference of its own, made from its hash. When two names want one number, it goes
 * to the name that ranks it higher, whatever the order they come in. So the same names give the same numbers in
 * any file layout, and adding a domain moves another only if both want one number and the newcomer ranks it
 * higher (about one addition in forty with five chosen domains). Writing `subnet_id` settles it for good.
 */
export function assignSubnets(
  names: readonly string[],
  taken: ReadonlySet<number>,
): ReadonlyMap<string, number> {
  return assign(names, taken, [HIGH_SUBNETS, LOW_SUBNETS]);
}

/** Chooses the last octet for each machine of one domain that has no address; the same scheme as for subnets. */
export function assignHosts(
  names: readonly string[],
  taken: ReadonlySet<number>,
): ReadonlyMap<string, number> {
  return assign(names, taken, [HIGH_HOSTS, LOW_HOSTS]);
}

interface Wish {
  readonly name: string;
  readonly rank: number;
  readonly start: number;
  readonly step: number;
  readonly tie: number;
}

/** Stable matching: each name asks down its list, each number keeps the best that asked. Names left over get none. */
function assign(
  names: readonly string[],
  taken: ReadonlySet<number>,
  ranges: readonly Range[],
): ReadonlyMap<string, number> {
  const holders = new Map<number, Wish>();
  const waiting: Wish[] = names.map((name) => ({
    name,
    rank: 0,
    start: hash32(`${name}#start`),
    step: hash32(`${name}#step`),
    tie: hash32(`${name}#tie`),
  }));
  for (let wish = waiting.pop(); wish; wish = waiting.pop()) {
    const number = preference(wish, ranges);
    if (number === undefined) continue;
    const holder = holders.get(number);
    const wins = !taken.has(number) && (!holder || before(wish, holder));
    if (wins) holders.set(number, wish);
    const loser = wins ? holder : wish;
    if (loser) waiting.push({ ...loser, rank: loser.rank + 1 });
  }
  return new Map([...holders].map(([number, wish]) => [wish.name, number]));
}

function before(a: Wish, b: Wish): boolean {
  if (a.rank !== b.rank) return a.rank < b.rank;
  return a.tie !== b.tie ? a.tie < b.tie : a.name < b.name;
}

/** The number at a rank of a name's own order over the ranges, each of which it visits completely; undefined behind the end. */
function preference(wish: Wish, ranges: readonly Range[]): number | undefined {
  let rank = wish.rank;
  for (const { first, size } of ranges) {
    if (rank < size) return first + ((wish.start + rank * (1 + (wish.step % (size - 1)))) % size);
    rank -= size;
  }
  return undefined;
}
