import type { Instance } from '../incus/index.ts';
import type { Observed } from './observed.ts';
import type { Spec } from './spec.ts';

/** What an instance holds on a bridge: a name, and where they are set an address and a MAC. */
interface Claim {
  readonly network: string;
  readonly address?: string;
  readonly mac?: string;
  readonly project: string;
  readonly name: string;
}

/** Another instance on the same bridge that holds the address or the MAC, or answers to the name, of a wanted one. */
export interface Clash {
  readonly over: 'address' | 'mac' | 'name';
  /** Id of the instance in the way. */
  readonly holder: string;
  /** The address or the MAC. */
  readonly address: string;
  readonly network: string;
}

/**
 * Addresses, MACs and names on a bridge are unique over all projects, and Incus only notices when a machine starts.
 * Gives a look-up of what stands in the way of one wanted instance.
 */
export function clashFinder(
  observed: Observed,
  specs: ReadonlyMap<string, Spec>,
): (spec: Spec) => Clash[] {
  const byPlace = new Map<string, Claim[]>();
  const add = (key: string, claim: Claim) => byPlace.set(key, [...(byPlace.get(key) ?? []), claim]);
  for (const claim of [...observedClaims(observed), ...wantedClaims(specs)]) {
    if (claim.address) add(`address ${claim.network} ${claim.address}`, claim);
    if (claim.mac) add(`mac ${claim.network} ${claim.mac}`, claim);
    add(`name ${claim.network} ${claim.name.toLowerCase()}`, claim);
  }
  return (spec) => {
    const nic = spec.wanted.devices?.eth0;
    const network = nic?.network;
    if (network === undefined) return [];
    const address = nic?.['ipv4.address'] ?? '';
    const mac = nic?.hwaddr?.toLowerCase() ?? '';
    const find = (over: Clash['over'], value: string): Clash[] =>
      (byPlace.get(`${over} ${network} ${value}`) ?? [])
        .map((claim) => `instance:${claim.project}/${claim.name}`)
        .filter((holder) => holder !== spec.id)
        .map((holder) => ({ over, holder, address: over === 'mac' ? mac : address, network }));
    return [
      ...find('address', address),
      ...find('mac', mac),
      ...find('name', spec.name.toLowerCase()),
    ];
  };
}

/** Other instances whose NIC carries the address or the MAC of one of `live`: it cannot be started beside them. */
export function nicTwins(
  live: Pick<Instance, 'project' | 'name' | 'expanded_devices'>,
  all: readonly Pick<Instance, 'project' | 'name' | 'expanded_devices'>[],
): string[] {
  const keysOf = (one: typeof live) =>
    claimsOf(one.expanded_devices, one.project, one.name).flatMap(({ network, address, mac }) => [
      ...(address ? [`${network} ${address}`] : []),
      ...(mac ? [`${network} ${mac}`] : []),
    ]);
  const mine = new Set(keysOf(live));
  return all
    .filter(({ project, name }) => project !== live.project || name !== live.name)
    .filter((other) => keysOf(other).some((key) => mine.has(key)))
    .map(({ project, name }) => `${project}/${name}`);
}

function observedClaims(observed: Observed): Claim[] {
  return [...observed.instances, ...observed.disposables].flatMap((instance) =>
    claimsOf(instance.expanded_devices, instance.project, instance.name),
  );
}

function wantedClaims(specs: ReadonlyMap<string, Spec>): Claim[] {
  return [...specs.values()]
    .filter((spec) => spec.kind === 'instance')
    .flatMap((spec) => claimsOf(spec.wanted.devices ?? {}, spec.project ?? '', spec.name));
}

function claimsOf(
  devices: Readonly<Record<string, Readonly<Record<string, string>>>>,
  project: string,
  name: string,
): Claim[] {
  return Object.values(devices).flatMap((device) =>
    device.type === 'nic' && device.network !== undefined
      ? [
          {
            network: device.network,
            ...(device['ipv4.address'] && { address: device['ipv4.address'] }),
            ...(device.hwaddr && { mac: device.hwaddr.toLowerCase() }),
            project,
            name,
          },
        ]
      : [],
  );
}
