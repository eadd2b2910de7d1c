import type { Instance } from '../../../incus/index.ts';
import type { DesiredMachine } from '../../../world/tree/index.ts';

/** What is known of interfaces of the host: whose they are. */
export interface LinkOwners {
  /** Ends of NICs on the host, with the instance that each is of, as Incus tells, and the bridge that it joins. */
  readonly instances: ReadonlyMap<string, PortOwner>;
  /** Ends of NICs that have limits of Incus, which are filters of tc. */
  readonly limited: ReadonlySet<string>;
  /** By machine, interfaces inside that are told as NICs of kinds that go past every bridge. */
  readonly told?: ReadonlyMap<string, ReadonlySet<string>>;
  /** The same of every instance: `container alpha_web/eth1`. */
  readonly stacked?: ReadonlySet<string>;
}

export interface PortOwner {
  readonly project: string;
  readonly name: string;
  readonly bridge?: string | undefined;
}

type Nics = Pick<Instance, 'name' | 'project' | 'status' | 'config' | 'expanded_devices'>;

/** Whose the ends of NICs on the host are. Of a machine that is stopped there are none. */
export function linkOwners(instances: readonly Nics[]): LinkOwners {
  const limited = new Set<string>();
  const owners = new Map<string, PortOwner>();
  const stacked = new Set<string>();
  for (const instance of instances) {
    const { name, project, status, config, expanded_devices } = instance;
    if (status === 'Stopped') continue;
    for (const link of stackedLinks(instance))
      stacked.add(`${containerName({ project, name })}/${link}`);
    for (const [device, keys] of Object.entries(expanded_devices)) {
      const port = config[`volatile.${device}.host_name`] ?? keys.host_name;
      if (keys.type !== 'nic' || port === undefined) continue;
      owners.set(port, { project, name, bridge: keys.network ?? keys.parent });
      if (LIMITS.some((key) => keys[key])) limited.add(port);
    }
  }
  return { instances: owners, limited, stacked };
}

/** As the control group of a container of Incus has it. */
export function containerName({ project, name }: Pick<PortOwner, 'project' | 'name'>): string {
  return `container ${project === 'default' ? '' : `${project}_`}${name}`;
}

const LIMITS = ['limits.ingress', 'limits.egress', 'limits.max', 'limits.priority'];

/** Of NICs that Incus knows and that stand on something of the host's, the names inside: they are told as NICs. */
export function foreignLinks(
  running: readonly { readonly machine: Pick<DesiredMachine, 'name'>; readonly instance: Nics }[],
): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    running.map(({ machine, instance }) => [machine.name, new Set(stackedLinks(instance))]),
  );
}

function stackedLinks({ config, expanded_devices }: Nics): string[] {
  return Object.entries(expanded_devices).flatMap(([device, { type, nictype, name }]) =>
    type === 'nic' && STACKED.has(nictype ?? '')
      ? (config[`volatile.${device}.name`] ?? name ?? [])
      : [],
  );
}

const STACKED = new Set(['macvlan', 'ipvlan', 'physical', 'sriov']);
