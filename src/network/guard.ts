import type { FlowModel } from './flows.ts';
import { legGuard } from './leg-guard.ts';
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
  const legs = model.firewall?.machine === undefined ? [] : model.firewall.ports;
  const ofLegs = legGuard(legs, model.domains);
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
      ...ofLegs.sets,
    ],
    maps: ofLegs.maps,
    chains: [
      ...ofLegs.chains,
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
          ...ofLegs.arriving,
        ],
      },
      { name: 'forward', hook: 'forward', rules: [...ofLegs.passing, toGuard, fromStranger] },
      { name: 'input', hook: 'input', rules: [...ofLegs.forHost, toGuard] },
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
const fromStranger: Rule = {
  matches: [{ on: 'set', fields: ['oifname'], set: 'members' }],
  verdict: { do: 'goto', chain: 'guard' },
};
const toGuard: Rule = {
  // By port: many kernels cannot tell the bridge of a frame (CONFIG_NFT_BRIDGE_META).
  matches: [{ on: 'set', fields: ['iifname'], set: 'members' }],
  verdict: { do: 'goto', chain: 'guard' },
};
