import type { Instance } from '../../incus/index.ts';
import type { DesiredDomain } from '../../world/tree/index.ts';

/** Host parts that neither people nor we give to declared machines first: 51 to 100. */
const USUAL = { first: 51, last: 100 };
const ALL = { first: 1, last: 252 };

/**
 * Addresses of a domain that no machine has or is declared to have, the ones least likely to be declared next in
 * front. The daemon notices when two took the same one at once.
 */
export function freeAddresses(domain: DesiredDomain, instances: readonly Instance[]): string[] {
  const { network, machines } = domain;
  const base = network.gateway.slice(0, network.gateway.lastIndexOf('.') + 1);
  const held = instances.flatMap(({ expanded_devices: devices }) =>
    Object.values(devices).flatMap((device) =>
      device.network === network.name ? (device['ipv4.address'] ?? []) : [],
    ),
  );
  const taken = new Set([network.gateway, ...machines.map(({ ip }) => ip), ...held]);
  const hosts = [...range(USUAL), ...range(ALL)].map((host) => `${base}${host}`);
  return [...new Set(hosts)].filter((address) => !taken.has(address));
}

function range({ first, last }: typeof ALL): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
