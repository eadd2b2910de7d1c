import { MARK, type Observed, specsOf } from '../../engine/index.ts';
import type { Desired, DesiredDomain } from '../../world/tree/index.ts';
import type { Config, Devices } from './declared.ts';
import type { OwnDomain } from './found.ts';
import type { OwnMachine } from './own-machine.ts';

/** What apply would give an object when nothing is written of it. */
export interface Following {
  readonly config: Config;
  readonly devices: Devices;
}

/** Looks up an object of a domain by its id, as it would be with these profiles and plain machines. */
export function following(
  { name, project, network, base6, machines }: OwnDomain,
  profiles: DesiredDomain['profiles'],
  observed: Observed,
): (id: string) => Following {
  const ipv6 = base6 === undefined ? undefined : { subnet: '', gateway: '' };
  const domain: DesiredDomain = {
    name,
    description: '',
    ephemeral: true,
    project: project.name,
    network: { name: network?.name ?? '', subnet: '', gateway: '', ...(ipv6 && { ipv6 }) },
    internet: true,
    lan: true,
    profiles,
    machines: machines.map(({ plain }) => plain),
  };
  const desired: Desired = {
    projectName: project.config[MARK.project] ?? '',
    defaultImage: '',
    gpuPolicy: 'shared',
    firewallMode: 'host',
    logDrops: false,
    domains: [domain],
    policies: [],
  };
  const specs = specsOf(desired, observed).all;
  return (id) => {
    const { config = {}, devices = {} } = specs.get(id)?.wanted ?? {};
    return { config, devices };
  };
}

const CEILINGS = {
  'limits.processes': 'processes',
  'limits.memory': 'memory',
  'linux.sysctl.user.max_inotify_instances': 'inotify',
} as const;

/** Ceilings of a machine that are not the usual ones, as infra.yml writes them; of what follows alone nothing. */
export function ownCeilings(
  { defaults, plain }: OwnMachine,
  { config }: Following,
): Readonly<Record<string, unknown>> {
  // Made before there were any: what is missing was not lifted.
  if (Object.keys(defaults).length === 0) return {};
  const ceilings = Object.entries(CEILINGS).flatMap(([key, name]): [string, unknown][] => {
    const [is, usual] = [defaults[key], config[key]];
    if (is === usual || usual === undefined || Object.hasOwn(plain.config, key)) return [];
    if (is === undefined) return [[name, false]];
    return [[name, name === 'memory' ? is : Number(is)]];
  });
  return ceilings.length > 0 ? { ceilings: Object.fromEntries(ceilings) } : {};
}
