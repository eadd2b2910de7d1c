import type { RawDomain, RawInfra } from './schema.ts';
import type { DescribedMachine } from './types.ts';

type Entry = readonly [name: string, body: RawDomain];

/** A domain with `managed: false`: said to exist, and left alone. */
export function isDescribed({ managed }: RawDomain): boolean {
  return managed === false;
}

/** The document without what it only describes: what every other rule and default is about. */
export function managedPart(raw: RawInfra): RawInfra {
  if (!raw.domains) return raw;
  const domains = Object.entries(raw.domains).filter(([, body]) => !isDescribed(body));
  return { ...raw, domains: Object.fromEntries(domains) };
}

/** The domains that are only described, and not switched off. */
export function describedDomains(raw: RawInfra): Entry[] {
  return Object.entries(raw.domains ?? {}).filter(
    ([, body]) => isDescribed(body) && body.enabled !== false,
  );
}

/** The machines that are only described, sorted by domain and name. */
export function describedMachines(raw: RawInfra): DescribedMachine[] {
  return describedDomains(raw)
    .sort(byName)
    .flatMap(([domain, { project = domain, machines = {} }]) =>
      Object.entries(machines)
        .sort(byName)
        .map(([name, { instance = name, type, ip, description }]) => ({
          name,
          domain,
          project,
          instance,
          type: type === 'vm' ? ('vm' as const) : ('lxc' as const),
          ...(ip !== undefined && { ip }),
          description: String(description ?? ''),
        })),
    );
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
