import { counted, fixedChains, reply, valid } from './fixed-chains.ts';
import type { DomainSubject, Flow, FlowModel, MachineSubject, Reason } from './flows.ts';
import type { AddressField, Chain, Match, NamedSet, Rule, Ruleset, VerdictMap } from './rules.ts';

/**
 * The rules that let through the flows of a model and nothing else.
 *
 * Every packet is looked up, not only the first of a conversation: what a conversation may do ends
 * with its policy, also for one that was opened before the rules were loaded.
 */
export function wallsFor(model: FlowModel): Ruleset {
  const has6 = model.domains.some(({ ipv6 }) => ipv6);
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
        name: 'gateways',
        fields: ['iifname', 'daddr'],
        elements: model.domains.map((d) => [d.bridge, d.gateway]),
      },
      { name: 'members', fields: ['iifname'], elements: memberPorts(model) },
      { name: 'online', fields: ['iifname'], elements: online },
      { name: 'no_lan', fields: ['iifname'], elements: closedLan.map((d) => [d.bridge]) },
      ...(has6 ? ipv6Sets(model) : []),
    ],
    maps: [pairs(model, between.map), toHost.map],
    chains: [
      ...between.chains,
      ...toHost.chains,
      ...fixedChains(has6).map(model.logDrops ? logged : same),
    ],
  };
}

/** The cards behind our bridges. */
function memberPorts({ machines, firewall }: FlowModel): string[][] {
  const ports = machines.flatMap(({ card }) => (card ? [card.port] : []));
  const legs = firewall?.ports.map(({ port }) => port) ?? [];
  return [...new Set([...ports, ...legs])].map((port) => [port]);
}

/** What every packet between our bridges is looked up in first: those of a domain, and those that a policy names. */
function pairs({ domains }: FlowModel, policies: VerdictMap): VerdictMap {
  const own = domains.map(({ bridge }) => ({ key: [bridge, bridge], chain: 'within' }));
  return { ...policies, name: 'pairs', elements: [...own, ...policies.elements] };
}

/** Bridges where IPv6 is declared, and their gateways. */
function ipv6Sets({ domains }: FlowModel): NamedSet[] {
  const declared = domains.flatMap(({ bridge, ipv6 }) => (ipv6 ? [{ bridge, ...ipv6 }] : []));
  return [
    { name: 'ipv6', fields: ['iifname'], elements: declared.map(({ bridge }) => [bridge]) },
    {
      name: 'gateways6',
      fields: ['iifname', 'daddr6'],
      elements: declared.map(({ bridge, gateway }) => [bridge, gateway]),
    },
  ];
}

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
    for (const addresses of ends(from, to))
      add(
        from,
        to,
        counted([...addresses, ...service(flow, 'dport'), valid], 'accept', words(reason)),
      );
  for (const { flow, from, to, reason } of crossing)
    for (const addresses of ends(to, from)) {
      const matches = [reply, ...addresses, ...service(flow, 'sport')];
      add(to, from, counted(matches, 'accept', `answers: ${words(reason)}`));
    }
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
    const rules = addressesOf(from).map(({ saddr, address }) =>
      counted([at(saddr, address), ...service(flow, 'dport')], 'accept', words(reason)),
    );
    bridges.set(from.bridge, [...(bridges.get(from.bridge) ?? []), ...rules]);
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

interface Address {
  readonly saddr: AddressField;
  readonly daddr: AddressField;
  readonly address: string;
}

/** Its IPv4 address or subnet, and behind it that of IPv6 where it has one. */
function addressesOf(member: Member): Address[] {
  const isDomain = member.kind === 'domain';
  const sixth = isDomain ? member.ipv6?.subnet : member.ip6;
  return [
    { saddr: 'saddr', daddr: 'daddr', address: isDomain ? member.subnet : member.ip },
    ...(sixth === undefined ? [] : [{ saddr: 'saddr6', daddr: 'daddr6', address: sixth } as const]),
  ];
}

function at(field: AddressField, value: string): Match {
  return { on: 'address', field, value };
}

/** From one to the other, once for each family that both have. */
function ends(from: Member, to: Member): Match[][] {
  const targets = addressesOf(to);
  return addressesOf(from).flatMap(({ saddr, address }, family) => {
    const target = targets[family];
    return target ? [[at(saddr, address), at(target.daddr, target.address)]] : [];
  });
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
