import { type GuardedNic, macNumber } from './guarded.ts';
import { counted } from './rule-parts.ts';
import type { Chain, NamedSet } from './rules.ts';

/**
 * Who asks the gateway for an address is whoever it says it is, by the MAC within the message: in a neighbour's name a
 * machine could give the neighbour's address back, or refuse it. So that MAC is the one of the frame, which the table
 * of the bridges ties to its port. What makes one up is not answered by the gateway, and needs no rule.
 */
export function dhcpSets(nics: readonly GuardedNic[]): NamedSet[] {
  const macs = nics.filter(({ pinned }) => pinned.mac).map(({ mac }) => mac);
  return [
    { name: 'macs', fields: ['ether'], elements: macs.map((mac) => [mac]) },
    {
      name: 'clients',
      fields: ['ether', 'client-mac'],
      elements: macs.map((mac) => [mac, macNumber(mac)]),
    },
    { name: 'client_macs', fields: ['client-mac'], elements: macs.map((m) => [macNumber(m)]) },
  ];
}

/** For a datagram to the port of the gateway's DHCP. */
export const dhcp: Chain = {
  name: 'dhcp',
  rules: [
    counted(
      [{ on: 'set', fields: ['ether', 'client-mac'], set: 'clients' }],
      'accept',
      'dhcp-client',
    ),
    // A message too short to say whose it is comes so far as well.
    counted([{ on: 'set', fields: ['ether'], set: 'macs' }], 'drop', 'dhcp-others'),
    counted([{ on: 'set', fields: ['client-mac'], set: 'client_macs' }], 'drop', 'dhcp-others'),
    counted([], 'accept', 'dhcp-client'),
  ],
};

/**
 * Over IPv6 clients are known by an identifier that anybody may name. In another's name only giving an address back
 * does harm, or speaking for others as a relay; who asks for an address gets the one of its MAC.
 */
export const dhcp6: Chain = {
  name: 'dhcp6',
  rules: [
    counted(
      // Solicit, request, confirm, renew, rebind, and what asks for information alone.
      [{ on: 'message6', kinds: [1, 3, 4, 5, 6, 11] }],
      'accept',
      'dhcp-client',
    ),
    counted([], 'drop', 'dhcp-message'),
  ],
};
