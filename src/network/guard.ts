import type { FirewallPort } from './firewall.ts';
import type { FlowModel } from './flows.ts';
import type { Match, Rule, Ruleset } from './rules.ts';

/**
 * What may pass within a bridge: table `bridge anklume`. Incus pins the address and the MAC of each card; this
 * closes what that leaves open. No rule needs connection tracking, which many kernels lack on bridges.
 *
 * A bridge remembers the port of every source MAC between prerouting and forward, where Incus drops a forged one:
 * too late, a single forged frame has already drawn the neighbour's traffic to the forger. So MACs are tied to their
 * ports before that.
 */
export function guardFor(model: FlowModel): Ruleset {
  const legs = model.firewall?.ports ?? [];
  const pinned = model.machines.flatMap(({ card }) => (card?.pinned.mac ? [card] : []));
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
      ...(legs.length > 0
        ? [{ name: 'legs', fields: ['oifname' as const], elements: legs.map(({ port }) => [port]) }]
        : []),
    ],
    maps: [],
    chains: [
      {
        name: 'guard',
        rules: [
          dropped([{ on: 'frame', kinds: ['ip6'] }], 'IPv6 is off in every domain'),
          dropped([{ on: 'frame', kinds: ['ip', 'arp'], not: true }], 'neither IPv4 nor ARP'),
          dropped(
            [{ on: 'port', protocol: 'udp', field: 'dport', ports: [68] }],
            'only the gateway answers DHCP',
          ),
        ],
      },
      {
        name: 'prerouting',
        hook: 'prerouting',
        rules: [
          dropped(
            [{ on: 'set', fields: ['iifname'], set: 'ports' }, foreign],
            "not this card's MAC",
          ),
          dropped(
            [{ on: 'set', fields: ['ether'], set: 'macs' }, foreign],
            "the MAC of another machine's card",
          ),
        ],
      },
      { name: 'forward', hook: 'forward', rules: [...onlyByHost(legs), toGuard, fromStranger] },
      { name: 'input', hook: 'input', rules: [toGuard] },
    ],
  };
}

/**
 * Machines may speak to the firewall machine, but only the host may hand it what is meant for somebody else: its
 * own frames do not pass here, and it has looked at them before.
 */
function onlyByHost(legs: readonly FirewallPort[]): Rule[] {
  if (legs.length === 0) return [];
  const addresses = legs.map(({ address }) => address);
  return [
    dropped(
      [
        { on: 'set', fields: ['oifname'], set: 'legs' },
        { on: 'subnets', field: 'daddr', values: addresses, not: true },
      ],
      'to the firewall machine only through the host',
    ),
  ];
}

const dropped = (matches: readonly Match[], comment: string): Rule => ({
  matches,
  verdict: { do: 'drop' },
  comment,
});
const foreign: Match = { on: 'set', fields: ['iifname', 'ether'], set: 'cards', not: true };
/** From a card that somebody else has plugged into a bridge of ours. */
const fromStranger: Rule = {
  matches: [{ on: 'set', fields: ['oifname'], set: 'members' }],
  verdict: { do: 'goto', chain: 'guard' },
};
const toGuard: Rule = {
  // By port: many kernels cannot tell the bridge of a frame (CONFIG_NFT_BRIDGE_META).
  matches: [{ on: 'set', fields: ['iifname'], set: 'members' }],
  verdict: { do: 'goto', chain: 'guard' },
};
