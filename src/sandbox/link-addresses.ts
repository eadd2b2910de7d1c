import { createHash } from 'node:crypto';

/** The two ends of an uplink, in a /30 of their own. */
export interface LinkAddresses {
  readonly outer: string;
  readonly inner: string;
}

/** An IPv4 prefix as numbers. */
export interface Prefix {
  readonly base: number;
  readonly length: number;
}

/**
 * Where links are looked for: shared address space (RFC 6598) and link-local addresses first, because
 * 10.0.0.0/8 is where people put their domains.
 */
const AREAS = ['100.64.0.0/10', '169.254.0.0/16', '10.192.0.0/10'];

/** Subnets tried in each area; one that is partly taken rarely is taken at sixteen scattered places. */
const TRIES = 16;

/** A /30 that overlaps none of the taken prefixes; the same key looks at the same subnets in the same order. */
export function chooseLink(key: string, taken: readonly Prefix[]): LinkAddresses | undefined {
  for (const area of AREAS.map(parsePrefix)) {
    if (!area) continue;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const hash = createHash('sha256').update(`${key}:${attempt}`).digest().readUInt32BE(0);
      const subnets = 2 ** (30 - area.length);
      const subnet = { base: area.base + (hash % subnets) * 4, length: 30 };
      if (!taken.some((prefix) => overlaps(prefix, subnet)))
        return { outer: dotted(subnet.base + 1), inner: dotted(subnet.base + 2) };
    }
  }
  return undefined;
}

/** Reads `10.1.2.0/24` or a lone address; undefined for other words, such as `default`. */
export function parsePrefix(word: string): Prefix | undefined {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(word);
  if (!parts) return undefined;
  const numbers = parts.slice(1, 5).map(Number);
  const length = Number(parts[5] ?? 32);
  if (length > 32 || numbers.some((number) => number > 255)) return undefined;
  return { base: numbers.reduce((sum, number) => sum * 256 + number, 0), length };
}

function overlaps(one: Prefix, other: Prefix): boolean {
  // A route of length 0 is the default route, not a claim on addresses.
  if (one.length === 0) return false;
  const size = 2 ** (32 - Math.min(one.length, other.length));
  return Math.floor(one.base / size) === Math.floor(other.base / size);
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
