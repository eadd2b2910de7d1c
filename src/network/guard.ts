import type { FirewallPort } from './firewall.ts';
import type { FlowModel } from './flows.ts';
import { legGuard } from './leg-guard.ts';
import { legGuard6 } from './leg-guard6.ts';
import { linkLocalOf } from './link-local.ts';
import type { Chain, MapElement, Match, NamedSet, Rule, Ruleset, VerdictMap } from './rules.ts';

/**
 * What may pass within a bridge: table `bridge anklume`. Incus pins the address and the MAC of each card; this
 * closes what that leaves open. No rule needs connection tracking, which many kernels lack on bridges.
 *
 * A bridge remembers the port of every source MAC between prerouting and forward, where Incus drops a forged one:
 * too late, a single forged frame has already drawn the neighbour's traffic to the forger. So MACs are tied to their
 * ports before that, and most else is refused there too. What is no frame of a card is looked at again where it is
 * forwarded to one; there, too, are DHCP answers, which deceive nobody but the machines of a bridge.
 */
export function guardFor(model: FlowModel): Ruleset {
  const legs = model.firewall?.machine === undefined ? [] : model.firewall.ports;
  const ofLegs = legGuard(legs, model.domains);
  const ofLegs6 = legGuard6(legs, model.domains);
  const pinned = model.machines.flatMap(({ card }) => (card?.pinned.mac ? [card] : []));
  const sets6 = ipv6Sets(model, legs);
  const has6 = sets6.length > 0;
  // The first leg is the firewall machine's own card.
  const cards = [...pinned, ...legs.slice(1)];
  return {
    family: 'bridge',
    sets: [
      {
        name: 'members',
        fields: ['iifname'],
        elements: [
          ...model.machines.flatMap(({ card }) => (card ? [[card.port]] : [])),
          ...legs.slice(1).map(({ port }) => [port]),
        ],
      },
      { name: 'ports', fields: ['iifname'], elements: cards.map(({ port }) => [port]) },
      { name: 'macs', fields: ['ether'], elements: cards.map(({ mac }) => [mac]) },
      {
        name: 'cards',
        fields: ['iifname', 'ether'],
        elements: cards.map(({ port, mac }) => [port, mac]),
      },
      ...sets6,
      ...ofLegs.sets,
      ...ofLegs6.sets,
    ],
    maps: [frames(cards, model, legs), ...ofLegs.maps, ...ofLegs6.maps],
    chains: [
      ...ofLegs.chains,
      ...ofLegs6.chains,
      ...(has6 ? [guard6] : []),
      {
        name: 'guard',
        rules: [
          ...(has6 ? [toGuard6] : []),
          dropped(
            [{ on: 'frame', kinds: ['ip6'] }],
            has6 ? 'IPv6 is off in this domain' : 'IPv6 is off in every domain',
          ),
          dropped([{ on: 'frame', kinds: ['ip', 'arp'], not: true }], 'neither IPv4 nor ARP'),
          dropped(
            [{ on: 'port', protocol: 'udp', field: 'dport', ports: [68] }],
            'only the gateway answers DHCP',
          ),
        ],
      },
      passing,
      {
        name: 'prerouting',
        hook: 'prerouting',
        rules: [
          {
            matches: [],
            verdict: { do: 'lookup', fields: ['iifname', 'ether', 'frame'], map: 'frames' },
          },
          dropped(
            [{ on: 'set', fields: ['iifname'], set: 'ports' }, foreign],
            "not this card's MAC",
          ),
          dropped(
            [{ on: 'set', fields: ['ether'], set: 'macs' }, foreign],
            "the MAC of another machine's card",
          ),
          ...ofLegs6.arriving,
          ...ofLegs.arriving,
          toGuard,
          fromDisposable,
        ],
      },
      {
        name: 'forward',
        hook: 'forward',
        rules: [...ofLegs.passing, ...ofLegs6.passing, ...toNeighbour, ...fromStranger],
      },
      ...(legs.length > 0
        ? [
            {
              name: 'input',
              hook: 'input',
              rules: [...ofLegs.forHost, ...ofLegs6.forHost],
            } as const,
          ]
        : []),
    ],
  };
}

const dropped = (matches: readonly Match[], comment: string): Rule => ({
  matches,
  verdict: { do: 'drop' },
  comment,
});
const foreign: Match = { on: 'set', fields: ['iifname', 'ether'], set: 'cards', not: true };
/** From a card that somebody else has plugged into a bridge of ours. */
const fromStranger: readonly Rule[] = [
  {
    matches: [{ on: 'set', fields: ['oifname'], set: 'members' }],
    verdict: { do: 'goto', chain: 'guard' },
  },
  {
    matches: [{ on: 'disposable', field: 'oifname' }],
    verdict: { do: 'goto', chain: 'guard' },
  },
];
/**
 * What asks for an address names none: that is for the gateway, which is no neighbour. Incus 6.0 keeps it from the
 * others, Incus 7.0 lets it through to them.
 */
const passing: Chain = {
  name: 'passing',
  rules: [
    dropped(
      [{ on: 'address', field: 'saddr', value: '0.0.0.0' }],
      'only the gateway is asked for an address',
    ),
    { matches: [], verdict: { do: 'goto', chain: 'guard' } },
  ],
};
/** Disposable machines come and go without new rules: their cards are known by the beginning of their names. */
const fromDisposable: Rule = {
  matches: [{ on: 'disposable', field: 'iifname' }],
  verdict: { do: 'goto', chain: 'guard' },
};
const toGuard: Rule = {
  // By port: many kernels cannot tell the bridge of a frame (CONFIG_NFT_BRIDGE_META).
  matches: [{ on: 'set', fields: ['iifname'], set: 'members' }],
  verdict: { do: 'goto', chain: 'guard' },
};

const toNeighbour: readonly Rule[] = [toGuard, fromDisposable].map(({ matches }) => ({
  matches,
  verdict: { do: 'goto', chain: 'passing' },
}));

/**
 * Frames that are as they should be: of a card, with its MAC, of a kind that it may send. Nearly all are, and for
 * them this one lookup is all; the rules behind it say what is wrong with the others.
 */
function frames(
  cards: readonly { readonly port: string; readonly mac: string }[],
  { machines }: FlowModel,
  legs: readonly FirewallPort[],
): VerdictMap {
  const with6 = new Set(machines.flatMap(({ card, ip6 }) => (card && ip6 ? [card.port] : [])));
  return {
    name: 'frames',
    fields: ['iifname', 'ether', 'frame'],
    elements: cards.flatMap(({ port, mac }): MapElement[] => {
      const leg = legs.find((one) => one.port === port);
      const plain = (['ip', 'arp'] as const).map((kind): MapElement => {
        const key = [port, mac, kind];
        return leg ? { key, do: 'goto', chain: 'leg' } : { key, do: 'accept' };
      });
      if (leg ? !leg.ipv6 : !with6.has(port)) return plain;
      const chain = leg ? 'leg6' : 'guard6';
      return [...plain, { key: [port, mac, 'ip6'], do: 'goto', chain }];
    }),
  };
}

/** Ports of machines with IPv6, those whose address is pinned, and the addresses that each may speak from. */
function ipv6Sets({ machines }: FlowModel, legs: readonly FirewallPort[]): NamedSet[] {
  const ofLegs = new Set(legs.flatMap(({ port, ipv6 }) => (ipv6 ? [port] : [])));
  const cards = machines.flatMap(({ card, ip6 }) => (card && ip6 ? [{ card, ip6 }] : []));
  const ports = new Set([...cards.map(({ card }) => card.port), ...ofLegs]);
  if (ports.size === 0) return [];
  // What a leg may say is decided in chains of its own.
  const pinned = cards.filter(({ card }) => card.pinned.address6 && !ofLegs.has(card.port));
  return [
    { name: 'members6', fields: ['iifname'], elements: [...ports].map((port) => [port]) },
    { name: 'ports6', fields: ['iifname'], elements: pinned.map(({ card }) => [card.port]) },
    {
      name: 'addresses6',
      fields: ['iifname', 'saddr6'],
      elements: pinned.flatMap(({ card: { port, mac }, ip6 }) => [
        [port, ip6],
        [port, linkLocalOf(mac)],
      ]),
    },
  ];
}

const declared6: Match = { on: 'set', fields: ['iifname'], set: 'members6' };
const toGuard6: Rule = {
  matches: [{ on: 'frame', kinds: ['ip6'] }, declared6],
  verdict: { do: 'goto', chain: 'guard6' },
};
const guard6: Chain = {
  name: 'guard6',
  rules: [
    dropped(
      [{ on: 'icmp6', kinds: ['nd-router-advert', 'nd-redirect'] }],
      'only the gateway announces a router',
    ),
    // A bridge believes who asks, and then gives multicast, by which IPv6 finds neighbours, to those alone who answer.
    dropped([{ on: 'icmp6', kinds: ['mld-listener-query'] }], 'only the gateway asks who listens'),
    dropped(
      [{ on: 'port', protocol: 'udp', field: 'dport', ports: [546] }],
      'only the gateway answers DHCP',
    ),
    dropped(
      [
        { on: 'set', fields: ['iifname'], set: 'ports6' },
        { on: 'set', fields: ['iifname', 'saddr6'], set: 'addresses6', not: true },
      ],
      "not this card's address",
    ),
  ],
};
