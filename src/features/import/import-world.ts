import type { Observed } from '../../engine/index.ts';
import { describedDomains, Names } from './described.ts';
import type { OwnDomain } from './found.ts';
import type { Left } from './left.ts';
import { holdsFirewall, ownDomains, writtenDomain } from './own-domain.ts';
import type { Written } from './own-machine.ts';
import { chooseOwner } from './owners.ts';
import { mostCommon, schemeOf } from './scheme.ts';
import { whatIsLeft } from './what-is-left.ts';

/** A running world as an infra.yml. */
export interface Imported {
  readonly projectName: string;
  /** What infra.yml says, as plain data in the order of the file. */
  readonly document: Written;
  readonly counts: {
    /** Domains and machines that anklume made. */
    readonly domains: number;
    readonly machines: number;
    /** Machines of others: described, and left alone. */
    readonly described: number;
  };
  readonly left: readonly Left[];
}

/** Names that mean something else in infra.yml. */
const RESERVED = ['host', 'default', 'all', 'ungrouped', 'localhost'];

/**
 * What infra.yml would have to say for the daemon to be as it is: domains with our marks as they were declared,
 * everything else as domains with `managed: false`. Pure. Throws `several-infrastructures` (exit 2).
 */
export function importWorld(
  observed: Observed,
  { projectName: asked }: { readonly projectName?: string | undefined } = {},
): Imported {
  const projectName = chooseOwner(observed, asked);
  const domains = ownDomains(projectName, observed);
  const scheme = schemeOf(domains);
  const base6 = mostCommon(domains.flatMap((domain) => domain.base6 ?? []));
  const plains = domains.flatMap(({ machines }) => machines.map(({ plain }) => plain));
  const image = mostCommon(plains.flatMap((one) => one.image || []));
  const described = describedDomains(
    observed,
    new Names([...RESERVED, ...domains.map(({ name }) => name)]),
    new Names([...RESERVED, ...plains.map(({ name }) => name)]),
  );
  const own = domains.map(
    (domain) => [domain.name, writtenDomain(domain, observed, image ?? '', scheme)] as const,
  );
  const global = {
    ...scheme.written,
    ...(base6 !== undefined && { base_subnet6: base6 }),
    ...(image !== undefined && { default_os_image: image }),
    ...(domains.some(isPrefixed) && { nesting_prefix: true }),
    ...(domains.some(holdsFirewall) && { firewall_mode: 'vm' }),
    // Machines that share a GPU do so already.
    ...(domains.flatMap(gpuMachines).length > 1 && { gpu_policy: 'shared' }),
  };
  const others = Object.values(described).map(({ machines }) => Object.keys(machines ?? {}).length);
  return {
    projectName,
    document: {
      project_name: projectName,
      ...(Object.keys(global).length > 0 && { global }),
      domains: Object.fromEntries([
        ...own.map(([name, { body }]) => [name, body] as const),
        ...Object.entries(described),
      ]),
    },
    counts: {
      domains: domains.length,
      machines: plains.length,
      described: others.reduce((sum, n) => sum + n, 0),
    },
    left: [
      ...whatIsLeft(projectName, observed, domains, scheme),
      ...own.flatMap(([, { left }]) => left),
    ],
  };
}

function isPrefixed({ name, project }: OwnDomain): boolean {
  return /^\d{3}-$/.test(project.name.slice(0, -name.length)) && project.name.endsWith(name);
}

function gpuMachines({ machines }: OwnDomain) {
  return machines.filter(({ live }) =>
    Object.values(live.expanded_devices).some(({ type }) => type === 'gpu'),
  );
}
