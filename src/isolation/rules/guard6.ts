import type { FlowModel } from '../model/flows.ts';
import { addressNumber, type GuardedNic, macNumber } from './guarded.ts';
import { dropped } from './rule-parts.ts';
import type { Chain, Icmp6Kind, MapElement, Match, NamedSet, Rule, VerdictMap } from './rules.ts';

/** What the table of the bridges holds about IPv6; empty where nobody declares it. */
export interface Guard6 {
  readonly sets: readonly NamedSet[];
  readonly maps: readonly VerdictMap[];
  readonly chains: readonly Chain[];
  /** At the hook, first: what a NIC says in its own name. */
  readonly own: readonly Rule[];
  /** At the hook, last: what nobody says who is not known. */
  readonly foreign: readonly Rule[];
  /** For the chain that IPv6 of our NICs ends in: on to `guard6` where it is declared. */
  readonly declared: readonly Rule[];
  /** For the chain of pinned NICs: another source than their own. */
  readonly pinned: readonly Rule[];
  /** For what passes from one NIC to another. */
  readonly passing: readonly Rule[];
}

/**
 * IPv6 on the bridges. Who owns an address is told in neighbour discovery: by the advertisement of one, and by whoever
 * asks, in whose question stand the address and the MAC to answer to. All of that is pinned, and is taken only where
 * nothing can hide it: right behind the IPv6 header, and with no option but the one with the MAC (RFC 6980 forbids
 * fragments of it; no system sends it otherwise).
 */
export function guard6For({ domains }: FlowModel, nics: readonly GuardedNic[]): Guard6 {
  const declared = nics.flatMap(({ six, ...nic }) => (six ? [{ ...nic, ...six }] : []));
  if (declared.length === 0) return NOTHING;
  const pinned = declared.filter((nic) => nic.pinned.address6);
  const gateways = domains.flatMap(({ ipv6 }) => (ipv6 ? [ipv6.gateway] : []));
  const owned = [...gateways, ...pinned.flatMap(({ addresses }) => addresses)];
  return {
    sets: [
      { name: 'members6', fields: ['iifname'], elements: declared.map(({ port }) => [port]) },
      { name: 'ports6', fields: ['iifname'], elements: pinned.map(({ port }) => [port]) },
      { name: 'owned6', fields: ['saddr6'], elements: owned.map((one) => [one]) },
      {
        name: 'owned_targets6',
        fields: ['target6'],
        elements: owned.map((o) => [addressNumber(o)]),
      },
      {
        name: 'targets6',
        fields: ['iifname', 'target6'],
        elements: pinned.flatMap(({ port, addresses }) =>
          addresses.map((address) => [port, addressNumber(address)]),
        ),
      },
      {
        name: 'option_macs',
        fields: ['iifname', 'option-mac'],
        elements: pinned.map(({ port, mac }) => [port, macNumber(mac)]),
      },
    ],
    maps: [
      {
        name: 'frames6',
        fields: ['iifname', 'ether', 'saddr6'],
        elements: pinned
          .filter(({ leg }) => !leg)
          .flatMap(({ port, mac, addresses }) =>
            addresses.map(
              (address): MapElement => ({ key: [port, mac, address], do: 'goto', chain: 'own6' }),
            ),
          ),
      },
    ],
    chains: [own6, told6, visible6, guard6],
    own: [
      {
        matches: [{ on: 'frame', kinds: ['ip6'] }],
        verdict: { do: 'lookup', fields: ['iifname', 'ether', 'saddr6'], map: 'frames6' },
      },
    ],
    foreign: [
      dropped([{ on: 'set', fields: ['saddr6'], set: 'owned6' }], 'others-address'),
      dropped(
        [
          { on: 'icmp6', kinds: ['nd-neighbor-advert'] },
          { on: 'set', fields: ['target6'], set: 'owned_targets6' },
        ],
        'others-address',
      ),
      // Who looks whether an address is free says by it that he takes it.
      dropped(
        [
          { on: 'address', field: 'saddr6', value: '::' },
          { on: 'icmp6', kinds: ['nd-neighbor-solicit'] },
          { on: 'set', fields: ['target6'], set: 'owned_targets6' },
        ],
        'others-address',
      ),
    ],
    declared: [
      {
        matches: [
          { on: 'frame', kinds: ['ip6'] },
          { on: 'set', fields: ['iifname'], set: 'members6' },
        ],
        verdict: { do: 'goto', chain: 'visible6' },
      },
    ],
    pinned: [
      dropped(
        [
          { on: 'frame', kinds: ['ip6'] },
          { on: 'set', fields: ['iifname'], set: 'ports6' },
        ],
        'not-own-address',
      ),
    ],
    passing: [
      // In a question for an address is the name by which DHCP knows who asks.
      dropped(
        [
          { on: 'frame', kinds: ['ip6'] },
          { on: 'port', protocol: 'udp', field: 'dport', ports: [547] },
        ],
        'dhcp-to-machine',
      ),
    ],
  };
}

const NOTHING: Guard6 = {
  sets: [],
  maps: [],
  chains: [],
  own: [],
  foreign: [],
  declared: [],
  pinned: [],
  passing: [],
};

/** Of a NIC with one of its own addresses as the source. */
const own6: Chain = {
  name: 'own6',
  rules: [
    {
      matches: [{ on: 'protocol', value: 'icmpv6' }],
      verdict: { do: 'jump', chain: 'told6' },
    },
    { matches: [], verdict: { do: 'goto', chain: 'visible6' } },
  ],
};

const SOLICITATIONS: readonly Icmp6Kind[] = ['nd-router-solicit', 'nd-neighbor-solicit'];
const discovery = (...kinds: Icmp6Kind[]): Match => ({ on: 'icmp6', kinds });
const otherMac = (field: 'option-mac' | 'router-option-mac'): Match => ({
  on: 'set',
  fields: ['iifname', field],
  set: 'option_macs',
  not: true,
});

/** What is said in neighbour discovery: with one option or none, and of nobody but the NIC itself. */
const told6: Chain = {
  name: 'told6',
  rules: [
    dropped(
      [discovery(...SOLICITATIONS, 'nd-neighbor-advert'), { on: 'icmp6-first', not: true }],
      'neighbour-headers',
    ),
    dropped(
      [
        discovery('nd-neighbor-solicit', 'nd-neighbor-advert'),
        { on: 'length6', values: [24, 32], not: true },
      ],
      'neighbour-length',
    ),
    dropped(
      [discovery('nd-router-solicit'), { on: 'length6', values: [8, 16], not: true }],
      'neighbour-length',
    ),
    ...(
      [
        ['nd-router-solicit', 'router', 'source-mac', 'router-option-mac', 16],
        ['nd-neighbor-solicit', 'neighbour', 'source-mac', 'option-mac', 32],
        ['nd-neighbor-advert', 'neighbour', 'target-mac', 'option-mac', 32],
      ] as const
    ).flatMap(([kind, at, value, field, length]) => {
      const withOption = [discovery(kind), { on: 'length6', values: [length] }] as const;
      return [
        dropped([...withOption, { on: 'option', at, value, not: true }], 'neighbour-mac'),
        dropped([...withOption, otherMac(field)], 'neighbour-mac'),
      ];
    }),
    dropped(
      [
        discovery('nd-neighbor-advert'),
        { on: 'set', fields: ['iifname', 'target6'], set: 'targets6', not: true },
      ],
      'neighbour-address',
    ),
  ],
};

/** A first fragment may end before what it carries begins, and then nobody sees what that is. */
const visible6: Chain = {
  name: 'visible6',
  rules: [
    { matches: [{ on: 'seen-payload' }], verdict: { do: 'goto', chain: 'guard6' } },
    { matches: [{ on: 'later-fragment' }], verdict: { do: 'goto', chain: 'guard6' } },
    dropped([], 'hidden-payload'),
  ],
};

const guard6: Chain = {
  name: 'guard6',
  rules: [
    dropped([discovery('nd-router-advert', 'nd-redirect')], 'router-advert'),
    // A bridge believes who asks, and then gives multicast, by which IPv6 finds neighbours, to those alone who answer.
    dropped([discovery('mld-listener-query')], 'multicast-query'),
    dropped([{ on: 'port', protocol: 'udp', field: 'dport', ports: [546] }], 'dhcp-server'),
  ],
};
