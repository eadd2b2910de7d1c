import type { RuleCode } from './codes.ts';
import { dhcp, dhcp6 } from './dhcp-clients.ts';
import { allErrorChains, unusual } from './icmp-errors.ts';
import { limitChains, openedRules } from './limits.ts';
import {
  anError,
  counted,
  fromOurs,
  inSet,
  into,
  noInvalid,
  noOptions,
  notInSet,
  related,
  reply,
  toOurs,
  unusualIcmp,
} from './rule-parts.ts';
import type { Chain, Match, Rule } from './rules.ts';

const noIpv6 = counted([{ on: 'ipv6' }], 'drop', 'ipv6-off');
/** Where no domain declares IPv6 it is dropped unseen; otherwise for the domains that do not. */
function ipv6Off(has6: boolean, field: 'iifname' | 'oifname'): Rule[] {
  if (!has6) return [noIpv6];
  const undeclared: Match = { on: 'set', fields: [field], set: 'ipv6', not: true };
  return [counted([{ on: 'ipv6' }, undeclared], 'drop', 'ipv6-off')];
}

const linkLocal = (field: 'saddr6' | 'daddr6'): Match => ({
  on: 'address',
  field,
  value: 'fe80::/10',
});

/** What IPv6 needs on a link before anything else: who has an address, who routes, and an address from DHCP. */
const link: readonly Rule[] = [
  {
    matches: [
      linkLocal('saddr6'),
      { on: 'address', field: 'daddr6', value: 'ff02::1:2' },
      { on: 'port', protocol: 'udp', field: 'sport', ports: [546] },
      { on: 'port', protocol: 'udp', field: 'dport', ports: [547] },
    ],
    verdict: { do: 'goto', chain: dhcp6.name },
  },
  counted(
    [
      {
        on: 'icmp6',
        kinds: ['nd-router-solicit', 'nd-neighbor-solicit', 'nd-neighbor-advert'],
      },
    ],
    'accept',
    'neighbour',
  ),
];

/** The address of the gateway, and what it calls itself on the link: the kernel takes that for its own bridge alone. */
const toGateway6: readonly Rule[] = [
  {
    matches: [{ on: 'set', fields: ['iifname', 'daddr6'], set: 'gateways6' }],
    verdict: { do: 'jump', chain: 'gateway' },
  },
  { matches: [linkLocal('daddr6')], verdict: { do: 'jump', chain: 'gateway' } },
];

const ping6 = counted([{ on: 'icmp6', kinds: ['echo-request'] }], 'accept', 'own-gateway');

/** Over IPv6 hosts of the local network have addresses like any on the internet: both are closed together. */
const noLan6 = (field: 'iifname' | 'oifname', code: RuleCode): Rule =>
  counted([{ on: 'ipv6' }, { on: 'set', fields: [field], set: 'no_lan' }], 'drop', code);

const unusualMatch: Match = { on: 'tracking', value: 'unusual' };

/** From the machine that was spoken to: nobody else's word passes for its answer. */
const answersToHost = (has6: boolean): Rule[] =>
  (has6 ? (['homes', 'homes6'] as const) : (['homes'] as const)).map((homes) =>
    counted(
      [reply, inSet(homes, 'iifname', homes === 'homes' ? 'saddr' : 'saddr6')],
      'accept',
      'host-reply',
    ),
  );

/** A machine speaks to the host from its own domain. */
const notFromElsewhere = (has6: boolean): Rule[] => [
  counted([notInSet('homes', 'iifname', 'saddr')], 'drop', 'foreign-subnet'),
  ...(has6 ? [counted([notInSet('homes6', 'iifname', 'saddr6')], 'drop', 'foreign-subnet')] : []),
];

/**
 * Incus masquerades whatever leaves a subnet: what stays among the domains says who speaks. With br_netfilter, Incus
 * does so with frames, too, that never leave a bridge, whatever address they are sent to. Then somebody outside could
 * answer them at an address of the host, and what the host says to itself of it would go to the machine.
 */
const ownSource = (has6: boolean): Chain => ({
  name: 'own_source',
  hook: 'postrouting',
  firstPackets: true,
  rules: [
    ...openedRules(has6),
    {
      matches: [inSet('subnets', 'saddr'), toOurs],
      verdict: { do: 'keep-source' },
      code: 'keep-source',
    },
    ...(has6
      ? [
          {
            matches: [inSet('subnets6', 'saddr6'), toOurs],
            verdict: { do: 'keep-source', family: 6 },
            code: 'keep-source',
          } as const,
        ]
      : []),
  ],
});

/** The part that is the same for every world, with or without IPv6: its size does not depend on the number of domains. */
export const fixedChains = (has6: boolean): readonly Chain[] => [
  dhcp,
  ...(has6 ? [dhcp6] : []),
  {
    name: 'gateway',
    rules: [
      counted(
        [{ on: 'port', protocol: 'udp', field: 'dport', ports: [53, 67] }],
        'accept',
        'own-gateway',
      ),
      counted(
        [{ on: 'port', protocol: 'tcp', field: 'dport', ports: [53] }],
        'accept',
        'own-gateway',
      ),
      counted([{ on: 'echo-request' }], 'accept', 'own-gateway'),
      ...(has6 ? [ping6] : []),
      { matches: [], verdict: { do: 'lookup', fields: ['iifname'], map: 'host_policies' } },
    ],
  },
  {
    name: 'host',
    rules: [
      ...ipv6Off(has6, 'iifname'),
      ...(has6 ? link : []),
      {
        matches: [
          { on: 'address', field: 'daddr', value: '255.255.255.255' },
          { on: 'port', protocol: 'udp', field: 'sport', ports: [68] },
          { on: 'port', protocol: 'udp', field: 'dport', ports: [67] },
        ],
        verdict: { do: 'goto', chain: dhcp.name },
      },
      // Before answers: the gateway has sent an address to that port, which makes of this an answer to it.
      {
        matches: [
          { on: 'port', protocol: 'udp', field: 'dport', ports: [67] },
          { on: 'set', fields: ['iifname', 'daddr'], set: 'gateways' },
        ],
        verdict: { do: 'goto', chain: dhcp.name },
      },
      // The answer would go to the other domain.
      ...notFromElsewhere(has6),
      into('unusual_host', [unusualMatch], 'back'),
      ...answersToHost(has6),
      {
        matches: [{ on: 'set', fields: ['iifname', 'daddr'], set: 'gateways' }],
        verdict: { do: 'jump', chain: 'gateway' },
      },
      ...(has6 ? toGateway6 : []),
      counted([], 'drop', 'host-closed'),
    ],
  },
  {
    name: 'between',
    rules: [
      ...(has6 ? [...ipv6Off(has6, 'iifname'), ...ipv6Off(has6, 'oifname')] : [noIpv6]),
      noInvalid,
      into('errors_between', anError),
      counted([], 'drop', 'inter-domain'),
    ],
  },
  {
    name: 'outward',
    rules: [
      { matches: [toOurs], verdict: { do: 'goto', chain: 'between' } },
      ...ipv6Off(has6, 'iifname'),
      into('unsettled_outward', [{ on: 'tracking', value: 'unsettled' }], 'back'),
      counted([reply], 'drop', 'ingress-reply'),
      counted(
        [
          { on: 'set', fields: ['iifname'], set: 'no_lan' },
          { on: 'private', field: 'daddr' },
        ],
        'drop',
        'egress-lan',
      ),
      ...(has6 ? [noLan6('iifname', 'egress-lan')] : []),
      counted([{ on: 'set', fields: ['iifname'], set: 'online' }], 'accept', 'egress'),
      counted([], 'drop', 'no-internet'),
    ],
  },
  {
    name: 'inward',
    rules: [
      ...ipv6Off(has6, 'oifname'),
      noOptions,
      into('unusual_inward', [unusualMatch], 'back'),
      counted(
        [
          { on: 'set', fields: ['oifname'], set: 'no_lan' },
          { on: 'private', field: 'saddr' },
        ],
        'drop',
        'ingress-lan',
      ),
      ...(has6 ? [noLan6('oifname', 'ingress-lan')] : []),
      counted([{ on: 'set', fields: ['oifname'], set: 'online' }, reply], 'accept', 'egress-reply'),
      counted([], 'drop', 'ingress'),
    ],
  },
  {
    // With br_netfilter, frames that never leave a bridge pass the hook too, also those of IPv6.
    name: 'within',
    rules: [into('errors_within', unusualIcmp), counted([], 'accept', 'intra-domain')],
  },
  unusual('unusual_host', 'errors_host'),
  {
    name: 'unsettled_outward',
    rules: [
      ...unusual('unusual_outward', 'errors_outward').rules,
      into('to_neighbours', [{ on: 'ethernet' }], 'back'),
    ],
  },
  ...limitChains(has6),
  unusual('unusual_inward', 'errors_inward'),
  ...allErrorChains(has6),
  {
    name: 'forward',
    hook: 'forward',
    rules: [
      // One lookup for what is allowed: what is left is looked at closely, and the most of it dropped.
      {
        matches: [],
        verdict: { do: 'lookup', fields: ['iifname', 'oifname'], map: 'pairs' },
      },
      { matches: [fromOurs], verdict: { do: 'goto', chain: 'outward' } },
      { matches: [toOurs], verdict: { do: 'goto', chain: 'inward' } },
    ],
  },
  ownSource(has6),
  {
    name: 'input',
    hook: 'input',
    rules: [
      { matches: [fromOurs], verdict: { do: 'goto', chain: 'host' } },
      // A bridge takes no frame to itself that is sent to an address of its protocols (01:80:c2:00:00:0x): the host
      // would hear it from the card, past the rules of the bridge.
      counted([{ on: 'set', fields: ['iifname'], set: 'members' }], 'drop', 'past-bridge'),
      counted([{ on: 'disposable', field: 'iifname' }], 'drop', 'past-bridge'),
      into('errors_elsewhere', [{ on: 'loopback', not: true }, related], 'back'),
    ],
  },
];
