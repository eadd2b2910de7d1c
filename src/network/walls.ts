import type { DomainSubject, Flow, FlowModel, MachineSubject, Reason } from './flows.ts';
import type { Chain, Match, Rule, Ruleset, VerdictMap } from './rules.ts';

/**
 * The rules that let through the flows of a model and nothing else.
 *
 * Every packet is looked up, not only the first of a conversation: what a conversation may do ends
 * with its policy, also for one that was opened before the rules were loaded.
 */
export function wallsFor(model: FlowModel): Ruleset {
  const between = policyChains(model);
  const toHost = hostChains(model);
  const online = model.flows.flatMap((flow) =>
    flow.to.kind === 'internet' && flow.from.kind === 'domain' ? [[flow.from.bridge]] : [],
  );
  const closedLan = model.domains.filter(
    ({ name }) =>
      !model.flows.some(
        ({ from, to }) => to.kind === 'lan' && from.kind === 'domain' && from.name === name,
      ),
  );
  return {
    family: 'inet',
    sets: [
      { name: 'bridges', fields: ['iifname'], elements: model.domains.map((d) => [d.bridge]) },
      {
        name: 'same_bridge',
        fields: ['iifname', 'oifname'],
        elements: model.domains.map((d) => [d.bridge, d.bridge]),
      },
      {
        name: 'gateways',
        fields: ['iifname', 'daddr'],
        elements: model.domains.map((d) => [d.bridge, d.gateway]),
      },
      { name: 'online', fields: ['iifname'], elements: online },
      { name: 'no_lan', fields: ['iifname'], elements: closedLan.map((d) => [d.bridge]) },
    ],
    maps: [between.map, toHost.map],
    chains: [
      ...between.chains,
      ...toHost.chains,
      ...fixedChains.map(model.logDrops ? logged : same),
    ],
  };
}

const counted = (matches: readonly Match[], verdict: 'accept' | 'drop', comment: string): Rule => ({
  matches,
  verdict: { do: verdict },
  comment,
});
const noIpv6 = counted([{ on: 'ipv6' }], 'drop', 'IPv6 is off in every domain');
const noInvalid = counted(
  [{ on: 'tracking', value: 'invalid' }],
  'drop',
  'part of no conversation',
);
const related = counted(
  [{ on: 'tracking', value: 'related' }],
  'accept',
  'errors about open flows',
);
const fromOurs: Match = { on: 'set', fields: ['iifname'], set: 'bridges' };
const toOurs: Match = { on: 'set', fields: ['oifname'], set: 'bridges' };
const reply: Match = { on: 'tracking', value: 'reply' };

/** The part that is the same for every world: its size does not depend on the number of domains. */
const fixedChains: readonly Chain[] = [
  {
    name: 'gateway',
    rules: [
      counted(
        [{ on: 'port', protocol: 'udp', field: 'dport', ports: [53, 67] }],
        'accept',
        'DNS, DHCP',
      ),
      counted([{ on: 'port', protocol: 'tcp', field: 'dport', ports: [53] }], 'accept', 'DNS'),
      counted([{ on: 'echo-request' }], 'accept', 'ping of the own gateway'),
      { matches: [], verdict: { do: 'lookup', fields: ['iifname'], map: 'host_policies' } },
    ],
  },
  {
    name: 'host',
    rules: [
      noIpv6,
      counted(
        [
          { on: 'address', field: 'daddr', value: '255.255.255.255' },
          { on: 'port', protocol: 'udp', field: 'sport', ports: [68] },
          { on: 'port', protocol: 'udp', field: 'dport', ports: [67] },
        ],
        'accept',
        'DHCP',
      ),
      noInvalid,
      counted([reply], 'accept', 'answers to the host'),
      related,
      {
        matches: [{ on: 'set', fields: ['iifname', 'daddr'], set: 'gateways' }],
        verdict: { do: 'jump', chain: 'gateway' },
      },
      counted([], 'drop', 'the host is closed'),
    ],
  },
  {
    name: 'between',
    rules: [
      noIpv6,
      noInvalid,
      related,
      {
        matches: [],
        verdict: { do: 'lookup', fields: ['iifname', 'oifname'], map: 'policies' },
      },
      counted([], 'drop', 'domains are closed to each other'),
    ],
  },
  {
    name: 'outward',
    rules: [
      noIpv6,
      noInvalid,
      counted([reply], 'drop', 'answers to what was let in before'),
      counted(
        [
          { on: 'set', fields: ['iifname'], set: 'no_lan' },
          { on: 'private', field: 'daddr' },
        ],
        'drop',
        'a domain without the local network',
      ),
      counted([{ on: 'set', fields: ['iifname'], set: 'online' }], 'accept', 'to the internet'),
      counted([], 'drop', 'a domain without internet'),
    ],
  },
  {
    name: 'inward',
    rules: [
      noIpv6,
      noInvalid,
      counted(
        [
          { on: 'set', fields: ['oifname'], set: 'no_lan' },
          { on: 'private', field: 'saddr' },
        ],
        'drop',
        'from the local network to a domain without it',
      ),
      counted(
        [{ on: 'set', fields: ['oifname'], set: 'online' }, reply],
        'accept',
        'answers from the internet',
      ),
      related,
      counted([], 'drop', 'domains are closed from outside'),
    ],
  },
  {
    name: 'forward',
    hook: 'forward',
    rules: [
      // First, and also for IPv6: with br_netfilter, frames that never leave a bridge pass here too.
      counted(
        [{ on: 'set', fields: ['iifname', 'oifname'], set: 'same_bridge' }],
        'accept',
        'inside a domain',
      ),
      { matches: [fromOurs, toOurs], verdict: { do: 'goto', chain: 'between' } },
      { matches: [fromOurs], verdict: { do: 'goto', chain: 'outward' } },
      { matches: [toOurs], verdict: { do: 'goto', chain: 'inward' } },
    ],
  },
  {
    name: 'input',
    hook: 'input',
    rules: [{ matches: [fromOurs], verdict: { do: 'goto', chain: 'host' } }],
  },
];

const same = (chain: Chain): Chain => chain;

/** A chain that tells the kernel's log before its last rule drops; the log names both interfaces itself. */
function logged(chain: Chain): Chain {
  const last = chain.rules.at(-1);
  if (last?.verdict.do !== 'drop') return chain;
  const log: Rule = { matches: [], verdict: { do: 'log', prefix: `anklume ${chain.name}` } };
  return { ...chain, rules: [...chain.rules.slice(0, -1), log, last] };
}

type Member = DomainSubject | MachineSubject;

/** One chain for each ordered pair of bridges that a policy names: its flows, then the answers to the others'. */
export function policyChains(model: FlowModel): { chains: Chain[]; map: VerdictMap } {
  const pairs = new Map<string, { key: [string, string]; rules: Rule[] }>();
  const add = (from: Member, to: Member, rule: Rule): void => {
    const id = `${from.bridge}/${to.bridge}`;
    const pair = pairs.get(id) ?? { key: [from.bridge, to.bridge], rules: [] };
    pair.rules.push(rule);
    pairs.set(id, pair);
  };
  const crossing = model.flows.flatMap((flow) => {
    const { from, to, reason } = flow;
    if (reason.kind !== 'policy' || !isMember(from) || !isMember(to)) return [];
    if (isFirewall(model, from) || isFirewall(model, to)) return [];
    return from.bridge === to.bridge ? [] : [{ flow, from, to, reason }];
  });
  for (const { flow, from, to, reason } of crossing)
    add(from, to, counted([...ends(from, to), ...service(flow, 'dport')], 'accept', words(reason)));
  for (const { flow, from, to, reason } of crossing)
    add(to, from, {
      ...counted([reply, ...ends(to, from), ...service(flow, 'sport')], 'accept', ''),
      comment: `answers: ${words(reason)}`,
    });
  const sorted = [...pairs].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    chains: sorted.map(([id, { rules }]) => ({ name: `policies/${id}`, rules })),
    map: {
      name: 'policies',
      fields: ['iifname', 'oifname'],
      elements: sorted.map(([id, { key }]) => ({ key, chain: `policies/${id}` })),
    },
  };
}

/** One chain for each bridge from which a policy opens something on the host. */
function hostChains(model: FlowModel): { chains: Chain[]; map: VerdictMap } {
  const bridges = new Map<string, Rule[]>();
  for (const flow of model.flows) {
    const { from, to, reason } = flow;
    if (reason.kind !== 'policy' || to.kind !== 'host' || !isMember(from)) continue;
    const rule = counted([source(from), ...service(flow, 'dport')], 'accept', words(reason));
    bridges.set(from.bridge, [...(bridges.get(from.bridge) ?? []), rule]);
  }
  const sorted = [...bridges].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    chains: sorted.map(([bridge, rules]) => ({ name: `host_policies/${bridge}`, rules })),
    map: {
      name: 'host_policies',
      fields: ['iifname'],
      elements: sorted.map(([bridge]) => ({ key: [bridge], chain: `host_policies/${bridge}` })),
    },
  };
}

/** The firewall machine carries other machines' conversations and has none of its own with other domains. */
function isFirewall({ firewall }: FlowModel, { kind, name }: Member): boolean {
  return kind === 'machine' && name === firewall?.machine;
}

function isMember(subject: Flow['from']): subject is Member {
  return subject.kind === 'domain' || subject.kind === 'machine';
}

function addressOf(member: Member): string {
  return member.kind === 'domain' ? member.subnet : member.ip;
}

function source(member: Member): Match {
  return { on: 'address', field: 'saddr', value: addressOf(member) };
}

function ends(from: Member, to: Member): Match[] {
  return [source(from), { on: 'address', field: 'daddr', value: addressOf(to) }];
}

function service(flow: Flow, field: 'sport' | 'dport'): Match[] {
  const { protocol, ports } = flow;
  if (protocol === 'any') return [];
  if (ports === 'all' || protocol === 'icmp') return [{ on: 'protocol', value: protocol }];
  return [{ on: 'port', protocol, field, ports }];
}

function words(reason: Reason & { kind: 'policy' }): string {
  const way = reason.reverse ? `${reason.to} to ${reason.from}` : `${reason.from} to ${reason.to}`;
  return `policy ${reason.number}, ${way}: ${reason.description}`;
}
