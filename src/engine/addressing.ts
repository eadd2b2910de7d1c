import type { Observed } from './observed.ts';
import type { Spec } from './spec.ts';

/** One static address or name on a bridge, and the instance that holds it. */
interface Claim {
  readonly network: string;
  readonly address?: string;
  readonly project: string;
  readonly name: string;
}

/** Another instance on the same bridge that holds the address, or answers to the name, of a wanted one. */
export interface Clash {
  readonly over: 'address' | 'name';
  /** Id of the instance in the way. */
  readonly holder: string;
  readonly address: string;
  readonly network: string;
}

/**
 * Addresses and names on a bridge are unique over all projects, and Incus only notices when a machine starts.
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
    add(`name ${claim.network} ${claim.name.toLowerCase()}`, claim);
  }
  return (spec) => {
    const nic = spec.wanted.devices?.eth0;
    const network = nic?.network;
    if (network === undefined) return [];
    const address = nic?.['ipv4.address'] ?? '';
    const find = (over: Clash['over'], value: string): Clash[] =>
      (byPlace.get(`${over} ${network} ${value}`) ?? [])
        .map((claim) => `instance:${claim.project}/${claim.name}`)
        .filter((holder) => holder !== spec.id)
        .map((holder) => ({ over, holder, address, network }));
    return [...find('address', address), ...find('name', spec.name.toLowerCase())];
  };
}

function observedClaims(observed: Observed): Claim[] {
  return [...observed.instances, ...observed.disposables].flatMap((instance) =>
    Object.values(instance.expanded_devices)
      .filter((device) => device.type === 'nic' && device.network !== undefined)
      .map((device) => ({
        network: device.network ?? '',
        ...(device['ipv4.address'] && { address: device['ipv4.address'] }),
        project: instance.project,
        name: instance.name,
      })),
  );
}

function wantedClaims(specs: ReadonlyMap<string, Spec>): Claim[] {
  return [...specs.values()]
    .filter((spec) => spec.kind === 'instance')
    .flatMap((spec) =>
      Object.values(spec.wanted.devices ?? {})
        .filter((device) => device.type === 'nic' && device.network !== undefined)
        .map((device) => ({
          network: device.network ?? '',
          ...(device['ipv4.address'] && { address: device['ipv4.address'] }),
          project: spec.project ?? '',
          name: spec.name,
        })),
    );
}
