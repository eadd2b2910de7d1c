import type { FlowModel } from '../model/flows.ts';
import { dhcpSets } from './dhcp-clients.ts';
import { fixedChains } from './fixed-chains.ts';
import { guardedNics } from './guarded.ts';
import { senderSets } from './icmp-errors.ts';
import { limitSets, timeouts } from './limits.ts';
import { originChains, origins } from './origins.ts';
import {
  hostChains,
  hostErrors,
  policyChains,
  policyErrors,
  serviceSets,
} from './policy-chains.ts';
import { NO_SUBNET } from './private-ranges.ts';
import type { Chain, NamedSet, Rule, Ruleset, VerdictMap } from './rules.ts';

/**
 * The rules that let through the flows of a model and nothing else.
 *
 * Every packet is looked up, not only the first of a conversation: what a conversation may do ends
 * with its policy, also for one that was opened before the rules were loaded.
 */
export function wallsFor(model: FlowModel): Ruleset {
  const has6 = model.domains.some(({ ipv6 }) => ipv6);
  const between = policyChains(model);
  const errors = policyErrors(model);
  const toHost = hostChains(model);
  const errorsToHost = hostErrors(model);
  const homes = model.domains.map(({ bridge, subnet }) => [bridge, subnet]);
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
    timeouts: timeouts(has6),
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
      { name: 'homes', fields: ['iifname', 'saddr'], ranges: true, elements: homes },
      {
        name: 'subnets',
        fields: ['saddr'],
        ranges: true,
        elements: [...new Set(homes.map(([, net = '']) => net))]
          .filter((net) => net !== NO_SUBNET)
          .map((net) => [net]),
      },
      ...(has6 ? ipv6Sets(model) : []),
      ...senderSets(has6),
      ...serviceSets(model),
      ...dhcpSets(guardedNics(model)),
      ...limitSets(has6, (family) => addresses(model, family)),
    ],
    maps: [
      origins(model.domains.map(({ bridge }) => bridge)),
      ...[pairs(model, between.map), errors.map, toHost.map, errorsToHost.map],
    ],
    chains: [
      ...between.chains,
      ...errors.chains,
      ...toHost.chains,
      ...errorsToHost.chains,
      ...[...fixedChains(has6), ...originChains(has6)].map(model.logDrops ? logged : same),
    ],
  };
}

/** What declared machines are called, and the legs of the firewall machine. */
function addresses({ machines, firewall }: FlowModel, family: 4 | 6): string[] {
  const legs = firewall?.ports ?? [];
  const all =
    family === 4
      ? [...machines.map(({ ip }) => ip), ...legs.map(({ address }) => address)]
      : [...machines.map(({ ip6 }) => ip6), ...legs.map(({ ipv6 }) => ipv6?.address)];
  return [...new Set(all)].filter((address) => address !== undefined);
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
    {
      name: 'homes6',
      fields: ['iifname', 'saddr6'],
      ranges: true,
      elements: declared.flatMap(({ bridge, subnet }) => [
        [bridge, subnet],
        [bridge, 'fe80::/10'],
      ]),
    },
    {
      name: 'subnets6',
      fields: ['saddr6'],
      ranges: true,
      elements: declared.map(({ subnet }) => [subnet]),
    },
  ];
}

const same = (chain: Chain): Chain => chain;

/** A chain that drops what comes to its end tells the kernel's log first; the log names both interfaces itself. */
function logged(chain: Chain): Chain {
  const last = chain.rules.at(-1);
  if (last?.verdict.do !== 'drop' || !last.code || last.matches.length > 0) return chain;
  const log: Rule = { matches: [], verdict: { do: 'log', code: last.code } };
  return { ...chain, rules: [...chain.rules.slice(0, -1), log, last] };
}
