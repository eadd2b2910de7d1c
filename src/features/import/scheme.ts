import { type Zones, zonesOf } from '../../world/infra/index.ts';
import type { OwnDomain } from './found.ts';
import type { Written } from './own-machine.ts';

/** Where a domain's network lies, in the words of infra.yml. */
export interface Place {
  readonly id: number;
  /** The trust level that the address stands for, where addresses do. */
  readonly level?: string;
}

/** By which of the two schemes of infra.yml the networks lie. */
export interface Scheme {
  /** Keys of `global`. */
  readonly written: Written;
  /** First two octets of all networks that the scheme has. */
  readonly bases: readonly string[];
  /** Present where networks lie by trust level. */
  readonly zones?: Zones;
  /** Undefined for a network that the file cannot put where it is. */
  placeOf(domain: OwnDomain): Place | undefined;
}

/** The scheme that puts most of these networks where they are: one base for all, else zones. Pure. */
export function schemeOf(domains: readonly OwnDomain[]): Scheme {
  const bases = domains.flatMap(({ subnet }) => subnet?.base ?? []);
  const base = mostCommon(bases);
  if (base === undefined) return { written: {}, bases: [], placeOf: () => undefined };
  const zones = zonesOf(bases);
  const inZones = bases.filter((one) => zones?.levels.has(one)).length;
  const byBase = bases.filter((one) => one === base).length;
  if (zones && (inZones > byBase || domains.some(isOfZones))) return zoned(zones);
  const placeOf = ({ subnet }: OwnDomain) =>
    subnet?.base === base && subnet.id < 255 ? { id: subnet.id } : undefined;
  return { written: { base_subnet: base }, bases: [base], placeOf };
}

function zoned(zones: Zones): Scheme {
  const { baseOctet, zoneBase, levels } = zones;
  return {
    written: { addressing: { base_octet: baseOctet, zone_base: zoneBase } },
    bases: [...levels.keys()],
    zones,
    placeOf({ subnet }) {
      const level = subnet && subnet.id < 255 ? levels.get(subnet.base) : undefined;
      return subnet && level && { id: subnet.id, level };
    },
  };
}

/** IPv6 networks have the number of the subnet as it is written, and with zones both octets in hexadecimal. */
function isOfZones({ subnet, group6 }: OwnDomain): boolean {
  if (!subnet || group6 === undefined || group6 === String(subnet.id)) return false;
  const second = Number(subnet.base.split('.')[1]);
  return group6 === (second * 256 + subnet.id).toString(16);
}

/** The value that stands there most often; of equals the first in the alphabet. */
export function mostCommon(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]?.[0];
}
