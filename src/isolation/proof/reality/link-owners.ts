import type { Instance } from '../../../incus/index.ts';
import type { DesiredMachine } from '../../../world/tree/index.ts';
import type { LinkOwners } from './links.ts';

type Nics = Pick<Instance, 'name' | 'project' | 'config' | 'expanded_devices'>;

/** Whose the ends of NICs on the host are. */
export function linkOwners(instances: readonly Nics[]): LinkOwners {
  const limited = new Set<string>();
  const owners = new Map<string, { readonly project: string; readonly name: string }>();
  for (const { name, project, config, expanded_devices } of instances)
    for (const [device, keys] of Object.entries(expanded_devices)) {
      const port = config[`volatile.${device}.host_name`] ?? keys.host_name;
      if (keys.type !== 'nic' || port === undefined) continue;
      owners.set(port, { project, name });
      if (LIMITS.some((key) => keys[key])) limited.add(port);
    }
  return { instances: owners, limited };
}

const LIMITS = ['limits.ingress', 'limits.egress', 'limits.max', 'limits.priority'];

/** Of NICs that Incus knows and that stand on something of the host's, the names inside: they are told as NICs. */
export function foreignLinks(
  running: readonly { readonly machine: Pick<DesiredMachine, 'name'>; readonly instance: Nics }[],
): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    running.map(({ machine, instance: { config, expanded_devices } }) => [
      machine.name,
      new Set(
        Object.entries(expanded_devices).flatMap(([device, { type, nictype, name }]) =>
          type === 'nic' && STACKED.has(nictype ?? '')
            ? (config[`volatile.${device}.name`] ?? name ?? [])
            : [],
        ),
      ),
    ]),
  );
}

const STACKED = new Set(['macvlan', 'ipvlan', 'physical', 'sriov']);
