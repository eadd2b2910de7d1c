import type { Firewall, FirewallPort } from './firewall.ts';
import { accepted, dropped, inSet, into, noInvalid, toOurs, unusualIcmp } from './rule-parts.ts';
import type { AddressField, Chain, MapElement, Match, Rule, Ruleset } from './rules.ts';

/**
 * The walls of a world whose domains reach each other only through the firewall machine.
 *
 * The host sends what goes to another domain back out of the bridge it came from, to the machine's leg there.
 * So the same policies are looked up by the bridge and the address that is meant, and nothing is ever passed
 * from one bridge to another.
 */
export function throughFirewall(walls: Ruleset, { ports }: Firewall): Ruleset {
  const families = familiesOf(ports);
  const elementsOf = (map: string) => walls.maps.find(({ name }) => name === map)?.elements ?? [];
  const pairs = elementsOf('pairs');
  const own = pairs.filter(({ key: [from, to] }) => from === to);
  const policies = pairs.filter((one) => !own.includes(one));
  const addressed: Chain[] = ports.flatMap((leg) => {
    const { bridge } = leg;
    const inside = goingTo(leg).map((match) => accepted([match], 'intra-domain'));
    return [
      { name: `inside/${bridge}`, rules: inside },
      { name: `onward/${bridge}`, rules: onward(leg, ports, policies) },
      { name: `onward_errors/${bridge}`, rules: onward(leg, ports, elementsOf('errors')) },
    ];
  });
  const byBridge = (name: string) => ({
    name,
    fields: ['iifname' as const],
    elements: ports.map(({ bridge }) => ({ key: [bridge], chain: `${name}/${bridge}` })),
  });
  return {
    ...walls,
    sets: [
      ...walls.sets,
      { name: 'same_bridge', fields: ['iifname', 'oifname'], elements: own.map(({ key }) => key) },
      ...families.map(({ from, carriers, bridges }) => ({
        name: carriers,
        fields: ['iifname', from] as const,
        elements: bridges.map(([bridge, address]) => [bridge, address]),
      })),
    ],
    maps: [
      ...walls.maps
        .filter(({ name }) => name !== 'errors')
        .map((map) => (map.name === 'pairs' ? { ...map, elements: own } : map)),
      byBridge('inside'),
      byBridge('onward'),
      byBridge('onward_errors'),
    ],
    chains: [
      ...walls.chains
        .filter(({ hook, name }) => hook === undefined && name !== 'errors_between')
        .map(closeDirectWay),
      ...addressed,
      steered(families),
      steeredErrors(families),
      ...walls.chains
        .filter(({ hook }) => hook !== undefined)
        .map((chain) => (chain.hook === 'forward' ? steeredFirst(chain, families) : chain)),
      ...(families.length > 0 ? [noShortcut(families)] : []),
    ],
  };
}

/** The domains and the legs in one family of addresses; a family that no leg has is none. */
interface Family {
  readonly number: 4 | 6;
  readonly from: AddressField;
  readonly to: AddressField;
  readonly subnets: readonly string[];
  readonly legs: readonly string[];
  /** The set of legs by bridge, and its members. */
  readonly carriers: string;
  readonly bridges: readonly (readonly [string, string])[];
}

function familiesOf(ports: Firewall['ports']): Family[] {
  const sixth = ports.flatMap(({ bridge, ipv6 }) => (ipv6 ? [{ bridge, ...ipv6 }] : []));
  const ends = (legs: readonly Pick<FirewallPort, 'bridge' | 'subnet' | 'address'>[]) => ({
    subnets: legs.map(({ subnet }) => subnet),
    legs: legs.map(({ address }) => address),
    bridges: legs.map(({ bridge, address }) => [bridge, address] as const),
  });
  const both: Family[] = [
    { number: 4, from: 'saddr', to: 'daddr', carriers: 'legs', ...ends(ports) },
    { number: 6, from: 'saddr6', to: 'daddr6', carriers: 'legs6', ...ends(sixth) },
  ];
  return both.filter(({ legs }) => legs.length > 0);
}

const sameBridge: Match = { on: 'set', fields: ['iifname', 'oifname'], set: 'same_bridge' };

const VIA = 'via-firewall';

/** From bridge to bridge nothing passes on the host. */
function closeDirectWay(chain: Chain): Chain {
  if (chain.name !== 'between') return chain;
  const rules = chain.rules.flatMap((rule): Rule[] => {
    const { verdict } = rule;
    if (verdict.do === 'log') return [{ ...rule, verdict: { ...verdict, code: VIA } }];
    return verdict.do === 'drop' ? [rule] : [];
  });
  const last = dropped([], VIA);
  return { ...chain, rules: [...rules.slice(0, -1), last] };
}

function steeredFirst(forward: Chain, families: readonly Family[]): Chain {
  const first = families.map(
    ({ to: field, subnets: values }): Rule => ({
      matches: [sameBridge, { on: 'subnets', field, values }],
      verdict: { do: 'goto', chain: 'steered' },
    }),
  );
  return { ...forward, rules: [...first, ...forward.rules] };
}

/** What goes to an address of some domain and leaves by the bridge that it came from. */
function steered(families: readonly Family[]): Chain {
  return {
    name: 'steered',
    rules: [
      into('errors_steered', unusualIcmp),
      { matches: [], verdict: { do: 'lookup', fields: ['iifname'], map: 'inside' } },
      noInvalid,
      ...notOfLegs(families),
      { matches: [], verdict: { do: 'lookup', fields: ['iifname'], map: 'onward' } },
      dropped([], 'inter-domain'),
    ],
  };
}

/**
 * The same for ICMP errors. With br_netfilter, what the firewall machine says on a bridge passes here, too, and what it
 * hands on to a machine of the bridge.
 */
function steeredErrors(families: readonly Family[]): Chain {
  const here = (number: 4 | 6, field: AddressField): Match =>
    inSet(number === 6 ? 'homes6' : 'homes', 'iifname', field);
  return {
    name: 'errors_steered',
    rules: [
      ...families.map(({ number, carriers, from, to }) =>
        accepted(
          [
            inSet(carriers, 'iifname', from),
            here(number, to),
            { on: 'error', family: number, says: 'any' },
          ],
          'firewall-own',
        ),
      ),
      into('errors', [], 'back'),
      ...families.map(({ number, to }) => accepted([here(number, to)], 'related-icmp')),
      ...notOfLegs(families),
      { matches: [], verdict: { do: 'lookup', fields: ['iifname'], map: 'onward_errors' } },
      dropped([], 'icmp-closed'),
    ],
  };
}

function notOfLegs(families: readonly Family[]): Rule[] {
  return families.flatMap(({ from, to, legs: values }) =>
    [from, to].map((field) => dropped([{ on: 'subnets', field, values }], 'firewall-machine')),
  );
}

/** From a leg's bridge to the chains of a map by pairs of bridges, by the domain that is meant. */
function onward(
  { bridge }: FirewallPort,
  ports: readonly FirewallPort[],
  elements: readonly MapElement[],
): Rule[] {
  return elements.flatMap((element): Rule[] => {
    const [from, to] = element.key;
    const target = ports.find((port) => from === bridge && port.bridge === to);
    if (!target || !('chain' in element)) return [];
    return goingTo(target).map((match) => into(element.chain, [match], 'back'));
  });
}

/** The host would tell a sender that the firewall machine is on its own bridge, and lose sight of it. */
function noShortcut(families: readonly Family[]): Chain {
  const redirects = families.map(
    ({ number }): Match =>
      number === 4 ? { on: 'redirect' } : { on: 'icmp6', kinds: ['nd-redirect'] },
  );
  return {
    name: 'output',
    hook: 'output',
    rules: redirects.map((redirect) => dropped([toOurs, redirect], 'icmp-redirect')),
  };
}

/** Towards the domain of a leg, once for each family that it has there. */
function goingTo({ subnet, ipv6 }: FirewallPort): Match[] {
  return [
    { on: 'address', field: 'daddr', value: subnet },
    ...(ipv6 ? [{ on: 'address', field: 'daddr6', value: ipv6.subnet } as const] : []),
  ];
}
