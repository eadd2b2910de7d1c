import type { Firewall, FirewallPort } from './firewall.ts';
import type { AddressField, Chain, Match, Rule, Ruleset } from './rules.ts';

/**
 * The walls of a world whose domains reach each other only through the firewall machine.
 *
 * The host sends what goes to another domain back out of the bridge it came from, to the machine's leg there.
 * So the same policies are looked up by the bridge and the address that is meant, and nothing is ever passed
 * from one bridge to another.
 */
export function throughFirewall(walls: Ruleset, { ports }: Firewall): Ruleset {
  const families = familiesOf(ports);
  const pairs = walls.maps.find(({ name }) => name === 'pairs')?.elements ?? [];
  const own = pairs.filter(({ key: [from, to] }) => from === to);
  const policies = pairs.filter((one) => !own.includes(one));
  const addressed: Chain[] = ports.flatMap((leg) => {
    const { bridge } = leg;
    const onward = policies.flatMap((policy): Rule[] => {
      const [from, to] = policy.key;
      const target = ports.find((port) => from === bridge && port.bridge === to);
      if (!target || !('chain' in policy)) return [];
      return goingTo(target).map((match) => ({
        matches: [match],
        verdict: { do: 'jump', chain: policy.chain },
      }));
    });
    const inside = goingTo(leg).map((match) => accepted([match], 'inside a domain'));
    return [
      { name: `inside/${bridge}`, rules: inside },
      { name: `onward/${bridge}`, rules: onward },
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
    ],
    maps: [
      ...walls.maps.map((map) => (map.name === 'pairs' ? { ...map, elements: own } : map)),
      byBridge('inside'),
      byBridge('onward'),
    ],
    chains: [
      ...walls.chains.filter(({ hook }) => hook === undefined).map(closeDirectWay),
      ...addressed,
      steered(families),
      ...walls.chains
        .filter(({ hook }) => hook !== undefined)
        .map((chain) => (chain.hook === 'forward' ? steeredFirst(chain, families) : chain)),
      ...(families.length > 0 ? [noShortcut(families), ownSource(families)] : []),
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
}

function familiesOf(ports: Firewall['ports']): Family[] {
  const sixth = ports.flatMap(({ ipv6 }) => (ipv6 ? [ipv6] : []));
  const ends = (legs: readonly { readonly subnet: string; readonly address: string }[]) => ({
    subnets: legs.map(({ subnet }) => subnet),
    legs: legs.map(({ address }) => address),
  });
  const both: Family[] = [
    { number: 4, from: 'saddr', to: 'daddr', ...ends(ports) },
    { number: 6, from: 'saddr6', to: 'daddr6', ...ends(sixth) },
  ];
  return both.filter(({ legs }) => legs.length > 0);
}

const sameBridge: Match = { on: 'set', fields: ['iifname', 'oifname'], set: 'same_bridge' };
const toOurs: Match = { on: 'set', fields: ['oifname'], set: 'bridges' };

/** From bridge to bridge nothing passes on the host. */
function closeDirectWay(chain: Chain): Chain {
  if (chain.name !== 'between') return chain;
  const rules = chain.rules.filter(({ verdict }) => verdict.do === 'drop' || verdict.do === 'log');
  const last = dropped([], 'between domains only through the firewall machine');
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
      { matches: [], verdict: { do: 'lookup', fields: ['iifname'], map: 'inside' } },
      dropped([{ on: 'tracking', value: 'invalid' }], 'part of no conversation'),
      accepted([{ on: 'tracking', value: 'related' }], 'errors about open flows'),
      ...families.flatMap(({ from, to, legs: values }) =>
        [from, to].map((field) =>
          dropped(
            [{ on: 'subnets', field, values }],
            'the firewall machine speaks with no other domain',
          ),
        ),
      ),
      { matches: [], verdict: { do: 'lookup', fields: ['iifname'], map: 'onward' } },
      dropped([], 'domains are closed to each other'),
    ],
  };
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
    rules: redirects.map((redirect) => dropped([toOurs, redirect], 'no way around the host')),
  };
}

/** Incus masquerades whatever leaves a subnet; the firewall machine must see who speaks. */
function ownSource(families: readonly Family[]): Chain {
  return {
    name: 'own_source',
    hook: 'postrouting',
    rules: families.map(
      ({ number, from, to, subnets: values }): Rule => ({
        matches: [from, to].map((field) => ({ on: 'subnets', field, values })),
        verdict: { do: 'keep-source', ...(number === 6 && { family: number }) },
      }),
    ),
  };
}

/** Towards the domain of a leg, once for each family that it has there. */
function goingTo({ subnet, ipv6 }: FirewallPort): Match[] {
  return [
    { on: 'address', field: 'daddr', value: subnet },
    ...(ipv6 ? [{ on: 'address', field: 'daddr6', value: ipv6.subnet } as const] : []),
  ];
}

function accepted(matches: readonly Match[], comment: string): Rule {
  return { matches, verdict: { do: 'accept' }, comment };
}

function dropped(matches: readonly Match[], comment: string): Rule {
  return { matches, verdict: { do: 'drop' }, comment };
}
