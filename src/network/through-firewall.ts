import type { Firewall } from './firewall.ts';
import type { Chain, Match, Rule, Ruleset } from './rules.ts';

/**
 * The walls of a world whose domains reach each other only through the firewall machine.
 *
 * The host sends what goes to another domain back out of the bridge it came from, to the machine's leg there.
 * So the same policies are looked up by the bridge and the address that is meant, and nothing is ever passed
 * from one bridge to another.
 */
export function throughFirewall(walls: Ruleset, { ports }: Firewall): Ruleset {
  const subnets = ports.map(({ subnet }) => subnet);
  const pairs = walls.maps.find(({ name }) => name === 'pairs')?.elements ?? [];
  const own = pairs.filter(({ key: [from, to] }) => from === to);
  const policies = pairs.filter((one) => !own.includes(one));
  const addressed: Chain[] = ports.flatMap(({ bridge, subnet }) => {
    const onward = policies.flatMap((policy): Rule[] => {
      const [from, to] = policy.key;
      const target = ports.find((port) => from === bridge && port.bridge === to);
      if (!target || !('chain' in policy)) return [];
      return [{ matches: [going(target.subnet)], verdict: { do: 'jump', chain: policy.chain } }];
    });
    return [
      { name: `inside/${bridge}`, rules: [accepted([going(subnet)], 'inside a domain')] },
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
      steered(ports.map(({ address }) => address)),
      ...walls.chains
        .filter(({ hook }) => hook !== undefined)
        .map((chain) => (chain.hook === 'forward' ? steeredFirst(chain, subnets) : chain)),
      ...(subnets.length > 0 ? [noShortcut, ownSource(subnets)] : []),
    ],
  };
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

function steeredFirst(forward: Chain, subnets: readonly string[]): Chain {
  if (subnets.length === 0) return forward;
  const first: Rule = {
    matches: [sameBridge, { on: 'subnets', field: 'daddr', values: subnets }],
    verdict: { do: 'goto', chain: 'steered' },
  };
  return { ...forward, rules: [first, ...forward.rules] };
}

/** What goes to an address of some domain and leaves by the bridge that it came from. */
function steered(firewall: readonly string[]): Chain {
  const own = firewall.length > 0;
  return {
    name: 'steered',
    rules: [
      { matches: [], verdict: { do: 'lookup', fields: ['iifname'], map: 'inside' } },
      dropped([{ on: 'tracking', value: 'invalid' }], 'part of no conversation'),
      accepted([{ on: 'tracking', value: 'related' }], 'errors about open flows'),
      ...(own
        ? (['saddr', 'daddr'] as const).map((field) =>
            dropped(
              [{ on: 'subnets', field, values: firewall }],
              'the firewall machine speaks with no other domain',
            ),
          )
        : []),
      { matches: [], verdict: { do: 'lookup', fields: ['iifname'], map: 'onward' } },
      dropped([], 'domains are closed to each other'),
    ],
  };
}

/** The host would tell a sender that the firewall machine is on its own bridge, and lose sight of it. */
const noShortcut: Chain = {
  name: 'output',
  hook: 'output',
  rules: [dropped([toOurs, { on: 'redirect' }], 'no way around the host')],
};

/** Incus masquerades whatever leaves a subnet; the firewall machine must see who speaks. */
function ownSource(subnets: readonly string[]): Chain {
  const within = (field: 'saddr' | 'daddr'): Match => ({ on: 'subnets', field, values: subnets });
  return {
    name: 'own_source',
    hook: 'postrouting',
    rules: [{ matches: [within('saddr'), within('daddr')], verdict: { do: 'keep-source' } }],
  };
}

function going(subnet: string): Match {
  return { on: 'address', field: 'daddr', value: subnet };
}

function accepted(matches: readonly Match[], comment: string): Rule {
  return { matches, verdict: { do: 'accept' }, comment };
}

function dropped(matches: readonly Match[], comment: string): Rule {
  return { matches, verdict: { do: 'drop' }, comment };
}
