import type { DomainSubject } from '../model/flows.ts';
import type { FirewallPort } from './firewall.ts';
import { dropped } from './rule-parts.ts';
import type { Chain, Match, NamedSet, Rule, VerdictMap } from './rules.ts';

/** What the table of the bridges holds about the legs of the firewall machine. */
export interface LegGuard {
  readonly sets: readonly NamedSet[];
  readonly maps: readonly VerdictMap[];
  readonly chains: readonly Chain[];
  /** For the hooks prerouting, forward and input of the bridges. */
  readonly arriving: readonly Rule[];
  readonly passing: readonly Rule[];
  readonly forHost: readonly Rule[];
}

/**
 * What a leg may say. It hands a domain the packets of the others, so an address of another domain is let through
 * there; Incus's pin of addresses would stop that, and these rules stand in its place:
 *
 * - towards the host, and in ARP, a leg has its own address alone;
 * - towards the machines of its domain it names no address of that domain but its own, no gateway, no other leg, and
 *   nothing outside the domains.
 *
 * 0.0.0.0 is in use before there is an address, by DHCP and by ARP probes, and is nobody's.
 */
export function legGuard(
  legs: readonly FirewallPort[],
  domains: readonly DomainSubject[],
): LegGuard {
  if (legs.length === 0) return NONE;
  const ownAddress = legs.flatMap(({ port, address }) => [
    [port, address],
    [port, '0.0.0.0'],
  ]);
  const nobodys = [...domains.map(({ gateway }) => gateway), ...legs.map(({ address }) => address)];
  return {
    sets: [
      { name: 'legs', fields: ['oifname'], elements: legs.map(({ port }) => [port]) },
      {
        name: 'leg_cards',
        fields: ['iifname', 'ether'],
        elements: legs.map(({ port, mac }) => [port, mac]),
      },
      { name: 'leg_addresses', fields: ['iifname', 'saddr'], elements: ownAddress },
      { name: 'never_carried', fields: ['saddr'], elements: nobodys.map((address) => [address]) },
    ],
    maps: [
      {
        name: 'leg_domains',
        fields: ['iifname'],
        elements: legs.map(({ port, bridge }) => ({ key: [port], chain: `leg/${bridge}` })),
      },
    ],
    chains: [
      ...legs.map(({ bridge, subnet }) => ({
        name: `leg/${bridge}`,
        rules: [dropped([{ on: 'address', field: 'saddr', value: subnet }], 'firewall-carries')],
      })),
      {
        name: 'leg',
        rules: [
          dropped([{ ...ownClaim, not: true }], 'firewall-claim'),
          dropped(
            [{ on: 'set', fields: ['iifname', 'claim-mac'], set: 'cards', not: true }],
            'firewall-claim',
          ),
          { matches: [ownSource], verdict: { do: 'accept' }, code: 'firewall-own' },
          { matches: [], verdict: { do: 'lookup', fields: ['iifname'], map: 'leg_domains' } },
          dropped([{ on: 'set', fields: ['saddr'], set: 'never_carried' }], 'firewall-carries'),
          dropped(
            [
              {
                on: 'subnets',
                field: 'saddr',
                values: legs.map(({ subnet }) => subnet),
                not: true,
              },
            ],
            'firewall-carries',
          ),
          { matches: [], verdict: { do: 'goto', chain: 'guard' } },
        ],
      },
    ],
    arriving: [
      {
        matches: [{ on: 'set', fields: ['iifname', 'ether'], set: 'leg_cards' }],
        verdict: { do: 'goto', chain: 'carried' },
      },
    ],
    passing: [
      // Machines may speak to the firewall machine, but only the host may hand it what is meant for somebody else:
      // its own frames do not pass here, and it has looked at them before.
      dropped(
        [
          { on: 'set', fields: ['oifname'], set: 'legs' },
          { on: 'subnets', field: 'daddr', values: legs.map(({ address }) => address), not: true },
        ],
        'firewall-bypass',
      ),
    ],
    forHost: [dropped([fromLeg, { ...ownSource, not: true }], 'firewall-to-host')],
  };
}

/** Without a leg there is nothing to hold. */
export const NONE: LegGuard = {
  sets: [],
  maps: [],
  chains: [],
  arriving: [],
  passing: [],
  forHost: [],
};

export const fromLeg: Match = { on: 'set', fields: ['iifname'], set: 'legs' };
const ownSource = { on: 'set', fields: ['iifname', 'saddr'], set: 'leg_addresses' } as const;
const ownClaim = { on: 'set', fields: ['iifname', 'claim'], set: 'leg_addresses' } as const;
