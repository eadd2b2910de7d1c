import { assignSubnets } from './addressing.ts';
import { DEFAULTS } from './defaults.ts';
import type { RawDomain, RawInfra } from './schema.ts';
import { countedSubnets, zoneOf } from './zones.ts';

/** Where the network of a domain lies. */
export interface PlannedNetwork {
  /** First two octets. */
  readonly base: string;
  /** The third octet. */
  readonly subnetId: number;
  /** Fourth group of its IPv6 network: the digits of the third octet, with zones both octets in hexadecimal. */
  readonly group6: string;
}

/**
 * The network of each domain, by either scheme; a domain for which none is left is missing. Disabled domains take
 * part, so that disabling one moves no other.
 */
export function planNetworks(raw: RawInfra): ReadonlyMap<string, PlannedNetwork> {
  const domains = Object.entries(raw.domains ?? {});
  const bases = new Map<string, [string, RawDomain][]>();
  for (const entry of domains) {
    const base = baseOf(raw, entry[1]);
    bases.set(base, [...(bases.get(base) ?? []), entry]);
  }
  const zoned = raw.global?.addressing !== undefined;
  return new Map(
    [...bases].flatMap(([base, inside]) =>
      [...idsOf(inside, zoned)].map(([name, subnetId]) => {
        const group6 = zoned ? hex(base, subnetId) : String(subnetId);
        return [name, { base, subnetId, group6 }] as const;
      }),
    ),
  );
}

/** First two octets of a domain's network. */
export function baseOf(raw: RawInfra, domain: RawDomain): string {
  return zoneOf(raw, domain) ?? raw.global?.base_subnet ?? DEFAULTS.baseSubnet;
}

function idsOf(
  domains: readonly (readonly [string, RawDomain])[],
  zoned: boolean,
): ReadonlyMap<string, number> {
  const given = new Map(
    domains.flatMap(([name, { subnet_id: id }]) => (id === undefined ? [] : [[name, id] as const])),
  );
  const open = domains.map(([name]) => name).filter((name) => !given.has(name));
  const choose = zoned ? countedSubnets : assignSubnets;
  return new Map([...given, ...choose(open, new Set(given.values()))]);
}

function hex(base: string, subnetId: number): string {
  const second = Number(base.split('.')[1]);
  return (second * 256 + subnetId).toString(16);
}
