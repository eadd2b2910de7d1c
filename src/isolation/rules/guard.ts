import type { FlowModel } from '../model/flows.ts';
import { type Guard6, guard6For } from './guard6.ts';
import { type GuardedNic, guardedNics, networkNumber } from './guarded.ts';
import { type LegGuard, legGuard } from './leg-guard.ts';
import { legGuard6 } from './leg-guard6.ts';
import { dropped } from './rule-parts.ts';
import type { Chain, MapElement, Match, NamedSet, Rule, Ruleset, VerdictMap } from './rules.ts';

/**
 * What may pass within a bridge: table `bridge anklume`. It pins the address, the MAC and the claims of every NIC that
 * the model knows, by itself: Incus has pins too, in a table that goes with `nft flush ruleset`. No rule needs
 * connection tracking, which many kernels lack on bridges.
 *
 * A bridge remembers the port of every source MAC between prerouting and forward: a single forged frame that comes so
 * far has already drawn the neighbour's traffic to the forger. So most is refused before that. What is no frame of a
 * NIC is looked at again where it is forwarded to one; there, too, are DHCP answers, which deceive nobody but the
 * machines of a bridge.
 *
 * Which bridge a frame is on cannot be asked on many kernels (CONFIG_NFT_BRIDGE_META), so NICs are known by their
 * port, and addresses of ours are refused to all ports but their own, on whatever bridge.
 */
export function guardFor(model: FlowModel): Ruleset {
  const nics = guardedNics(model);
  const legs = model.firewall?.machine === undefined ? [] : model.firewall.ports;
  const ofLegs = legGuard(legs, model.domains);
  const ofLegs6 = legGuard6(legs, model.domains);
  const six = guard6For(model, nics);
  return {
    family: 'bridge',
    sets: [...setsOf(model, nics), ...six.sets, ...ofLegs.sets, ...ofLegs6.sets],
    maps: [frames(nics), ...six.maps, ...ofLegs.maps, ...ofLegs6.maps],
    chains: [
      ...ofLegs.chains,
      ...ofLegs6.chains,
      ...(legs.length > 0 ? [{ name: 'carried', rules: [...ofLegs6.arriving, toLeg] }] : []),
      ...six.chains,
      guard(six),
      passing(six),
      asking,
      member(six),
      { name: 'prerouting', hook: 'prerouting', rules: prerouting(six, ofLegs) },
      {
        name: 'forward',
        hook: 'forward',
        rules: [...ofLegs.passing, ...ofLegs6.passing, ...toNeighbour],
      },
      asked,
      {
        name: 'input',
        hook: 'input',
        rules: [askedAt, ...ofLegs.forHost, ...ofLegs6.forHost],
      },
    ],
  };
}

const toLeg: Rule = { matches: [], verdict: { do: 'goto', chain: 'leg' } };

function setsOf({ machines, domains }: FlowModel, nics: readonly GuardedNic[]): NamedSet[] {
  const members = machines.flatMap(({ card }) => (card ? [card.port] : []));
  const ofLegs = nics.filter(({ leg }) => leg);
  const cards = nics.filter(({ pinned }) => pinned.mac);
  const pinned = nics.filter((nic) => nic.pinned.address && !nic.leg);
  const gateways = domains.map(({ gateway }) => gateway);
  const owned = [...gateways, ...nics.filter((nic) => nic.pinned.address).map(({ ip }) => ip)];
  return [
    {
      name: 'members',
      fields: ['iifname'],
      elements: [...new Set([...members, ...ofLegs.map(({ port }) => port)])].map((one) => [one]),
    },
    { name: 'ports', fields: ['iifname'], elements: cards.map(({ port }) => [port]) },
    { name: 'macs', fields: ['ether'], elements: cards.map(({ mac }) => [mac]) },
    { name: 'cards', fields: ['iifname', 'ether'], elements: cards.map((c) => [c.port, c.mac]) },
    { name: 'pinned', fields: ['iifname'], elements: pinned.map(({ port }) => [port]) },
    {
      name: 'identities',
      fields: ['iifname', 'ether', 'saddr'],
      // Without an address ARP asks whether one is free, and claims none.
      elements: pinned.flatMap(({ port, mac, ip }) => [
        [port, mac, ip],
        [port, mac, NO_ADDRESS],
      ]),
    },
    { name: 'owned', fields: ['saddr'], elements: owned.map((address) => [address]) },
    {
      name: 'own_networks',
      fields: ['iifname', 'asked-network'],
      elements: nics.map(({ port, gateway }) => [port, networkNumber(gateway)]),
    },
    {
      name: 'networks',
      fields: ['asked-network'],
      elements: gateways.map((address) => [networkNumber(address)]),
    },
  ];
}

const NO_ADDRESS = '0.0.0.0';

/**
 * IPv4 that is as it should be: of a NIC, with its MAC and its address. Nearly all is, and for it this one lookup is
 * all; the rules behind it say what is wrong with the rest.
 */
function frames(nics: readonly GuardedNic[]): VerdictMap {
  return {
    name: 'frames',
    fields: ['iifname', 'ether', 'saddr'],
    elements: nics
      .filter((nic) => nic.pinned.address && !nic.leg)
      .flatMap(({ port, mac, ip }): MapElement[] => [
        { key: [port, mac, ip], do: 'accept' },
        { key: [port, mac, NO_ADDRESS], do: 'goto', chain: 'asking' },
      ]),
  };
}

const foreign: Match = { on: 'set', fields: ['iifname', 'ether'], set: 'cards', not: true };
const isIpv4: Match = { on: 'frame', kinds: ['ip'] };
const isArp: Match = { on: 'frame', kinds: ['arp'] };

function prerouting(six: Guard6, ofLegs: LegGuard): Rule[] {
  return [
    {
      matches: [isIpv4],
      verdict: { do: 'lookup', fields: ['iifname', 'ether', 'saddr'], map: 'frames' },
      code: 'own-frame',
    },
    {
      // The frame and what it says name the same NIC, and the address is its own.
      matches: [
        isArp,
        { on: 'arp-form' },
        { on: 'set', fields: ['iifname', 'ether', 'claim'], set: 'identities' },
        { on: 'set', fields: ['iifname', 'claim-mac', 'claim'], set: 'identities' },
      ],
      verdict: { do: 'accept' },
      code: 'own-arp',
    },
    ...six.own,
    ...ofLegs.arriving,
    dropped([{ on: 'set', fields: ['iifname'], set: 'ports' }, foreign], 'not-own-mac'),
    dropped([{ on: 'set', fields: ['ether'], set: 'macs' }, foreign], 'others-mac'),
    { matches: [isMemberOf('iifname')], verdict: { do: 'goto', chain: 'member' } },
    // Of ports that no rule knows, behind tags too: a bridge and the host look past one that says nothing (VLAN 0).
    dropped([{ on: 'set', fields: ['saddr'], set: 'owned' }], 'others-address'),
    dropped([{ on: 'set', fields: ['claim'], set: 'owned' }], 'others-address'),
    dropped([{ on: 'set', fields: ['claim-mac'], set: 'macs' }], 'others-address'),
    ...six.foreign,
    fromDisposable,
  ];
}

/** What a NIC of ours sends that is not simply in its own name. */
const member = (six: Guard6): Chain => ({
  name: 'member',
  rules: [
    ...six.pinned,
    dropped([{ on: 'set', fields: ['iifname'], set: 'pinned' }, isIpv4], 'not-own-address'),
    dropped([{ on: 'set', fields: ['iifname'], set: 'pinned' }, isArp], 'not-own-arp'),
    { matches: [], verdict: { do: 'goto', chain: 'guard' } },
  ],
});

const guard = (six: Guard6): Chain => ({
  name: 'guard',
  rules: [
    ...six.declared,
    dropped([{ on: 'frame', kinds: ['ip6'] }], 'ipv6-off'),
    dropped([{ on: 'frame', kinds: ['ip', 'arp'], not: true }], 'ethertype'),
    dropped([{ on: 'port', protocol: 'udp', field: 'dport', ports: [68] }], 'dhcp-server'),
  ],
});

/** Without an address a machine asks for one. */
const asking: Chain = {
  name: 'asking',
  rules: [
    {
      matches: [
        { on: 'address', field: 'daddr', value: '255.255.255.255' },
        { on: 'port', protocol: 'udp', field: 'sport', ports: [68] },
        { on: 'port', protocol: 'udp', field: 'dport', ports: [67] },
      ],
      verdict: { do: 'accept' },
      code: 'dhcp-client',
    },
    dropped([], 'no-address'),
  ],
};

const isMemberOf = (field: 'iifname' | 'oifname'): Match => ({
  on: 'set',
  fields: [field],
  set: 'members',
});

/** The host answers ARP for every address that it has, on whatever bridge it is asked. */
const askedAt: Rule = {
  matches: [{ on: 'arp-request' }],
  verdict: { do: 'goto', chain: 'asked' },
};
const asked: Chain = {
  name: 'asked',
  rules: [
    dropped(
      [
        isMemberOf('iifname'),
        { on: 'set', fields: ['iifname', 'asked-network'], set: 'own_networks', not: true },
      ],
      'foreign-arp',
    ),
    dropped(
      [
        { on: 'disposable', field: 'iifname' },
        { on: 'set', fields: ['asked-network'], set: 'networks', not: true },
      ],
      'foreign-arp',
    ),
  ],
};

/**
 * What asks for an address names none: that is for the gateway, which is no neighbour. Incus 6.0 keeps it from the
 * others, Incus 7.0 lets it through to them.
 */
const passing = (six: Guard6): Chain => ({
  name: 'passing',
  rules: [
    ...six.passing,
    dropped([{ on: 'address', field: 'saddr', value: NO_ADDRESS }], 'dhcp-to-machine'),
    { matches: [], verdict: { do: 'goto', chain: 'guard' } },
  ],
});
/** Disposable machines come and go without new rules: their NICs are known by the beginning of their names. */
const fromDisposable: Rule = {
  matches: [{ on: 'disposable', field: 'iifname' }],
  verdict: { do: 'goto', chain: 'guard' },
};
/** Whoever is on one of our bridges, known by either end: also a NIC that somebody else has plugged in. */
const toNeighbour: readonly Rule[] = (['iifname', 'oifname'] as const).flatMap((field) =>
  ([isMemberOf(field), { on: 'disposable', field }] as const).map((match) => ({
    matches: [match],
    verdict: { do: 'goto', chain: 'passing' },
  })),
);
