import type { DomainSubject } from '../model/flows.ts';
import type { FirewallPort } from './firewall.ts';
import { fromLeg, type LegGuard, NONE } from './leg-guard.ts';
import { linkLocalOf } from './link-local.ts';
import { dropped } from './rule-parts.ts';
import type { Match } from './rules.ts';

/**
 * What a leg may say over IPv6: the same as over IPv4, with neighbour discovery in the place of ARP. On its link it
 * also has the address that its card gives itself; from `::` it says nothing, as no machine does.
 */
export function legGuard6(
  legs: readonly FirewallPort[],
  domains: readonly DomainSubject[],
): LegGuard {
  const sixth = legs.flatMap(({ ipv6, port, bridge, mac }) =>
    ipv6 ? [{ ...ipv6, port, bridge, local: linkLocalOf(mac) }] : [],
  );
  if (sixth.length === 0) return NONE;
  const nobodys = [
    ...domains.flatMap(({ ipv6 }) => (ipv6 ? [ipv6.gateway] : [])),
    ...sixth.map(({ address }) => address),
  ];
  return {
    sets: [
      { name: 'legs6', fields: ['iifname'], elements: sixth.map(({ port }) => [port]) },
      {
        name: 'leg_addresses6',
        fields: ['iifname', 'saddr6'],
        elements: sixth.flatMap(({ port, address, local }) => [
          [port, address],
          [port, local],
        ]),
      },
      { name: 'never_carried6', fields: ['saddr6'], elements: nobodys.map((address) => [address]) },
    ],
    maps: [
      {
        name: 'leg_domains6',
        fields: ['iifname'],
        elements: sixth.map(({ port, bridge }) => ({ key: [port], chain: `leg6/${bridge}` })),
      },
    ],
    chains: [
      ...sixth.map(({ bridge, subnet }) => ({
        name: `leg6/${bridge}`,
        rules: [
          { matches: [ownSource], verdict: { do: 'accept' }, code: 'firewall-own' } as const,
          dropped([{ on: 'address', field: 'saddr6', value: subnet }], 'firewall-carries'),
        ],
      })),
      {
        name: 'leg6',
        rules: [
          {
            matches: [{ on: 'protocol', value: 'icmpv6' }],
            verdict: { do: 'jump', chain: 'told6' },
          },
          { matches: [], verdict: { do: 'jump', chain: 'visible6' } },
          // Who asks is believed too: the question says which card has the sender's address.
          dropped([discovery, { ...ownSource, not: true }], 'firewall-claim'),
          { matches: [], verdict: { do: 'lookup', fields: ['iifname'], map: 'leg_domains6' } },
          dropped([{ on: 'set', fields: ['saddr6'], set: 'never_carried6' }], 'firewall-carries'),
          dropped(
            [
              {
                on: 'subnets',
                field: 'saddr6',
                values: sixth.map(({ subnet }) => subnet),
                not: true,
              },
            ],
            'firewall-carries',
          ),
        ],
      },
    ],
    arriving: [
      {
        matches: [
          { on: 'set', fields: ['iifname'], set: 'legs6' },
          { on: 'frame', kinds: ['ip6'] },
        ],
        verdict: { do: 'goto', chain: 'leg6' },
      },
    ],
    passing: [
      dropped(
        [
          { on: 'set', fields: ['oifname'], set: 'legs' },
          {
            on: 'subnets',
            field: 'daddr6',
            values: [...sixth.map(({ address }) => address), ...ON_LINK],
            not: true,
          },
        ],
        'firewall-bypass',
      ),
    ],
    forHost: [dropped([fromLeg, { ...ownSource, not: true }], 'firewall-to-host')],
  };
}

/** What no router hands on (RFC 4291): addresses of one link, and groups on it, by which neighbours are found. */
const ON_LINK = ['fe80::/10', 'ff02::/16'] as const;

const ownSource = { on: 'set', fields: ['iifname', 'saddr6'], set: 'leg_addresses6' } as const;
const discovery: Match = {
  on: 'icmp6',
  kinds: ['nd-router-solicit', 'nd-neighbor-solicit', 'nd-neighbor-advert'],
};
