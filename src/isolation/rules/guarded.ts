import { octetsOf } from '../../base/system/index.ts';
import { bitsOf } from '../../world/infra/index.ts';
import type { FlowModel } from '../model/flows.ts';
import { linkLocalOf } from './link-local.ts';

/** A NIC behind one of our bridges, with what nobody else may use, and what its machine may use alone. */
export interface GuardedNic {
  readonly port: string;
  readonly mac: string;
  readonly ip: string;
  readonly gateway: string;
  /** Absent where its domain does not declare IPv6. */
  readonly six?: { readonly addresses: readonly string[] };
  /** A firewall interface names others' addresses too: chains of its own say which. */
  readonly leg: boolean;
  readonly pinned: { readonly mac: boolean; readonly address: boolean; readonly address6: boolean };
}

/** All NICs that a model knows, firewall interfaces included. */
export function guardedNics({ machines, domains, firewall }: FlowModel): GuardedNic[] {
  const legs = firewall?.machine === undefined ? [] : firewall.ports;
  const own = machines.flatMap(({ name, card, ip, ip6, gateway }): GuardedNic[] => {
    if (!card || name === firewall?.machine) return [];
    const { port, mac, pinned } = card;
    // To Incus a pinned address is one of a pinned MAC.
    const isPinned = pinned.mac || pinned.address || pinned.address6;
    return [
      {
        ...{ port, mac, ip, gateway, leg: false, pinned: { ...pinned, mac: isPinned } },
        ...(ip6 !== undefined && { six: { addresses: [ip6, linkLocalOf(mac)] } }),
      },
    ];
  });
  const ofLegs = legs.map(({ port, mac, address, ipv6, domain }): GuardedNic => {
    const gateway = domains.find(({ name }) => name === domain)?.gateway ?? address;
    return {
      ...{ port, mac, ip: address, gateway, leg: true },
      pinned: { mac: true, address: true, address6: true },
      ...(ipv6 && { six: { addresses: [ipv6.address, linkLocalOf(mac)] } }),
    };
  });
  return [...own, ...ofLegs];
}

/** MACs as nft reads them where it has no word for them: as one number. */
export function macNumber(mac: string): string {
  return `0x${mac.replaceAll(':', '')}`;
}

/** The same of an IPv6 address. */
export function addressNumber(address: string): string {
  return `0x${bitsOf(address).toString(16)}`;
}

/** The first three numbers of an IPv4 address, as one: networks of domains have 24 bits. */
export function networkNumber(address: string): string {
  const [a = 0, b = 0, c = 0] = octetsOf(address) ?? [];
  return `0x${((a << 16) | (b << 8) | c).toString(16)}`;
}
