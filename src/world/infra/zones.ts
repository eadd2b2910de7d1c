import { GATEWAY_HOST } from './addressing.ts';
import type { RawDomain, RawInfra } from './schema.ts';
import { TRUST_LEVELS, type TrustLevel } from './types.ts';
import { HIGHEST_ZONE_BASE, OFFSETS } from './zone-offsets.ts';

/** The zone of a domain that states no trust level. */
const USUAL: TrustLevel = 'semi-trusted';

export const ZONE_DEFAULTS = { baseOctet: 10, zoneBase: 100 } as const;

/** A scheme by trust level, and the level of networks with the first two octets that are its keys. */
export interface Zones {
  readonly baseOctet: number;
  readonly zoneBase: number;
  readonly levels: ReadonlyMap<string, TrustLevel>;
}

/**
 * The scheme by which most of these networks lie, each named by its first two octets. Several may do: then the usual
 * `zone_base`, else the one by which the lowest network is of the zone that is trusted most.
 */
export function zonesOf(bases: readonly string[]): Zones | undefined {
  const pairs = bases.map((base) => base.split('.').map(Number));
  const zoneBases = pairs.flatMap(([, second = 0]) =>
    Object.values(OFFSETS).map((offset) => second - offset),
  );
  const usable = [...new Set([ZONE_DEFAULTS.zoneBase, ...zoneBases.sort((a, b) => b - a)])].filter(
    (zoneBase) => zoneBase >= 0 && zoneBase <= HIGHEST_ZONE_BASE,
  );
  let best: { readonly zones: Zones; readonly count: number } | undefined;
  for (const baseOctet of new Set(pairs.map(([first = 0]) => first)))
    for (const zoneBase of usable) {
      const levels = levelsOf(bases, baseOctet, zoneBase);
      const count = bases.filter((base) => levels.has(base)).length;
      if (count > (best?.count ?? 0)) best = { zones: { baseOctet, zoneBase, levels }, count };
    }
  return best?.zones;
}

function levelsOf(
  bases: readonly string[],
  baseOctet: number,
  zoneBase: number,
): ReadonlyMap<string, TrustLevel> {
  const all = TRUST_LEVELS.map(
    (level) => [`${baseOctet}.${zoneBase + OFFSETS[level]}`, level] as const,
  );
  return new Map(all.filter(([base]) => bases.includes(base)));
}

/** First two octets of the networks of a domain's zone; undefined where zones are not asked for. */
export function zoneOf(raw: RawInfra, domain: RawDomain): string | undefined {
  const addressing = raw.global?.addressing;
  if (addressing === undefined) return undefined;
  const { base_octet: first = ZONE_DEFAULTS.baseOctet, zone_base: base = ZONE_DEFAULTS.zoneBase } =
    addressing;
  return `${first}.${base + OFFSETS[domain.trust_level ?? USUAL]}`;
}

/** Third octets for the domains of one zone that state none: the lowest free ones, in order of name. */
export function countedSubnets(
  names: readonly string[],
  taken: ReadonlySet<number>,
): ReadonlyMap<string, number> {
  return lowest([...names].sort(), taken, { first: 0, last: 254 });
}

/** Last octets for the machines of a domain that have no address, from .1 in the order of the file. */
export function countedHosts(
  names: readonly string[],
  taken: ReadonlySet<number>,
): ReadonlyMap<string, number> {
  return lowest(names, taken, { first: 1, last: GATEWAY_HOST - 1 });
}

function lowest(
  names: readonly string[],
  taken: ReadonlySet<number>,
  { first, last }: { readonly first: number; readonly last: number },
): ReadonlyMap<string, number> {
  const chosen = new Map<string, number>();
  let next = first;
  for (const name of names) {
    while (taken.has(next)) next += 1;
    if (next > last) return chosen;
    chosen.set(name, next);
    next += 1;
  }
  return chosen;
}
