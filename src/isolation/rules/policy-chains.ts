import type { DomainSubject, Flow, FlowModel, MachineSubject, Reason } from '../model/flows.ts';
import type { RuleCode } from './codes.ts';
import { related, reply, usual, valid } from './rule-parts.ts';
import type { AddressField, Chain, Match, NamedSet, Rule, VerdictMap } from './rules.ts';

type Member = DomainSubject | MachineSubject;

/** Chains, and the map that leads to each from the bridges that it is about. */
export interface Chains {
  readonly chains: readonly Chain[];
  readonly map: VerdictMap;
}

/** A flow of a policy that leads from bridge to bridge. */
interface Crossing {
  readonly flow: Flow;
  readonly from: Member;
  readonly to: Member;
  readonly words: string;
}

/** One chain for each ordered pair of bridges that a policy names: its flows, then the answers to the others'. */
export function policyChains(model: FlowModel): Chains {
  const pairs = new Pairs('policies');
  const crossing = crossings(model);
  for (const { flow, from, to, words } of crossing)
    for (const { matches } of ends(from, to))
      for (const kinds of conversations(flow))
        pairs.add(from, to, opened([...matches, ...kinds], 'policy', words));
  for (const { flow, from, to, words } of crossing)
    for (const { matches } of ends(to, from)) {
      const answer = [reply, ...matches, ...service(flow, 'sport')];
      pairs.add(to, from, opened(answer, 'policy-reply', words));
    }
  return pairs.chains();
}

/**
 * The same pairs for ICMP errors: what the one who is spoken to says about what it got, and the opener about the
 * answers. Who sends them is known before (`icmp-errors.ts`).
 */
export function policyErrors(model: FlowModel): Chains {
  const pairs = new Pairs('errors');
  for (const { flow, from, to, words } of crossings(model))
    for (const [sender, receiver, end] of [
      [to, from, 'client'],
      [from, to, 'server'],
    ] as const)
      for (const { matches, family } of ends(sender, receiver)) {
        const about = [...matches, { on: 'towards', end } as const, ...conversation(flow, family)];
        pairs.add(sender, receiver, opened(about, 'policy-icmp', words));
      }
  return pairs.chains();
}

/** One chain for each bridge from which a policy opens something on the host. */
export function hostChains(model: FlowModel): Chains {
  return byBridge('host_policies', 'policy', model, (flow, { saddr, address }) => [
    at(saddr, address),
    ...service(flow, 'dport'),
  ]);
}

/** What machines say about the answers of the host. */
export function hostErrors(model: FlowModel): Chains {
  return byBridge('host_errors', 'policy-icmp', model, (flow, { saddr, address, family }) => [
    at(saddr, address),
    ...conversation(flow, family),
  ]);
}

/** Ports of policies that name several: nft lists a set without a name in a way that it cannot read again here. */
export function serviceSets({ flows }: FlowModel): NamedSet[] {
  const sets = new Map<string, NamedSet>();
  for (const flow of flows) {
    const { reason, ports } = flow;
    if (reason.kind !== 'policy' || ports === 'all' || ports.length === 1) continue;
    const name = serviceSet(reason);
    sets.set(name, { name, fields: ['service'], elements: ports.map((port) => [String(port)]) });
  }
  return [...sets.values()];
}

const serviceSet = ({ number }: Reason & { kind: 'policy' }): string => `services/${number}`;

/** Rules by the pair of bridges that they are about, in the order in which they came. */
class Pairs {
  readonly name: string;
  readonly pairs = new Map<string, { key: [string, string]; rules: Rule[] }>();

  constructor(name: string) {
    this.name = name;
  }

  add(from: Member, to: Member, rule: Rule): void {
    const id = `${from.bridge}/${to.bridge}`;
    const pair = this.pairs.get(id) ?? { key: [from.bridge, to.bridge], rules: [] };
    pair.rules.push(rule);
    this.pairs.set(id, pair);
  }

  chains(): Chains {
    const { name } = this;
    const sorted = [...this.pairs].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      chains: sorted.map(([id, { rules }]) => ({ name: `${name}/${id}`, rules })),
      map: {
        name,
        fields: ['iifname', 'oifname'],
        elements: sorted.map(([id, { key }]) => ({ key, chain: `${name}/${id}` })),
      },
    };
  }
}

function crossings(model: FlowModel): Crossing[] {
  return model.flows.flatMap((flow) => {
    const { from, to, reason } = flow;
    if (reason.kind !== 'policy' || !isMember(from) || !isMember(to)) return [];
    if (isFirewall(model, from) || isFirewall(model, to)) return [];
    return from.bridge === to.bridge ? [] : [{ flow, from, to, words: words(reason) }];
  });
}

function byBridge(
  name: string,
  code: RuleCode,
  model: FlowModel,
  matchesOf: (flow: Flow, address: Address) => Match[],
): Chains {
  const bridges = new Map<string, Rule[]>();
  for (const flow of model.flows) {
    const { from, to, reason } = flow;
    if (reason.kind !== 'policy' || to.kind !== 'host' || !isMember(from)) continue;
    const rules = addressesOf(from).map((address) =>
      opened(matchesOf(flow, address), code, words(reason)),
    );
    bridges.set(from.bridge, [...(bridges.get(from.bridge) ?? []), ...rules]);
  }
  const sorted = [...bridges].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    chains: sorted.map(([bridge, rules]) => ({ name: `${name}/${bridge}`, rules })),
    map: {
      name,
      fields: ['iifname'],
      elements: sorted.map(([bridge]) => ({ key: [bridge], chain: `${name}/${bridge}` })),
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
  readonly family: 4 | 6;
  readonly saddr: AddressField;
  readonly daddr: AddressField;
  readonly address: string;
}

/** Its IPv4 address or subnet, and behind it that of IPv6 where it has one. */
function addressesOf(member: Member): Address[] {
  const isDomain = member.kind === 'domain';
  const sixth = isDomain ? member.ipv6?.subnet : member.ip6;
  return [
    { family: 4, saddr: 'saddr', daddr: 'daddr', address: isDomain ? member.subnet : member.ip },
    ...(sixth === undefined
      ? []
      : [{ family: 6, saddr: 'saddr6', daddr: 'daddr6', address: sixth } as const]),
  ];
}

function at(field: AddressField, value: string): Match {
  return { on: 'address', field, value };
}

/** From one to the other, once for each family that both have. */
function ends(from: Member, to: Member): { family: 4 | 6; matches: Match[] }[] {
  const targets = addressesOf(to);
  return addressesOf(from).flatMap(({ family, saddr, address }, index) => {
    const target = targets[index];
    if (!target) return [];
    return [{ family, matches: [at(saddr, address), at(target.daddr, target.address)] }];
  });
}

/** The packets that open a conversation and carry it on; a helper of the kernel may expect one, which is not ICMP. */
function conversations(flow: Flow): Match[][] {
  if (flow.protocol !== 'any') return [[...service(flow, 'dport'), valid]];
  return [[usual], [related, { on: 'icmp', not: true }]];
}

function service(flow: Flow, field: 'sport' | 'dport'): Match[] {
  const { protocol, ports } = flow;
  if (protocol === 'any') return [];
  if (ports === 'all' || protocol === 'icmp') return [{ on: 'protocol', value: protocol }];
  return [{ on: 'port', protocol, field, ports }];
}

/** What an error is about: the server's end of the conversation, as the kernel knows it. */
function conversation({ protocol, ports, reason }: Flow, family: 4 | 6): Match[] {
  if (protocol === 'any') return [];
  const about = { on: 'conversation', protocol, family } as const;
  const [one] = ports;
  if (ports === 'all' || one === undefined || reason.kind !== 'policy') return [about];
  const among = ports.length === 1 ? { one: Number(one) } : { set: serviceSet(reason) };
  return [{ ...about, ports: among }];
}

const opened = (matches: readonly Match[], code: RuleCode, words: string): Rule => ({
  matches,
  verdict: { do: 'accept' },
  code,
  words,
});

/** What stands behind the code of a policy: its number, between whom, and the words of the file. */
function words(reason: Reason & { kind: 'policy' }): string {
  const way = reason.reverse ? `${reason.to} to ${reason.from}` : `${reason.from} to ${reason.to}`;
  return `${reason.number}, ${way}: ${reason.description}`;
}
