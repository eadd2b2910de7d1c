import {
  type Chain,
  type Firewall,
  type FlowModel,
  type Match,
  policyChains,
  type Rule,
  type Ruleset,
  tableText,
} from '../network/index.ts';

/** The log group that the machine's own reader listens to; the kernel's log is silent in containers. */
const LOG_GROUP = 253;

/** The table inside the firewall machine. */
export const ROUTER_TABLE = 'anklume_router';

/**
 * The ruleset of the firewall machine, as nft reads it: the policies of the host's walls once more, between the
 * machine's own network cards. Undefined where there is no firewall machine.
 */
export function routerRuleset(model: FlowModel): string | undefined {
  if (!model.firewall?.machine) return undefined;
  const clear = [`table inet ${ROUTER_TABLE}`, `delete table inet ${ROUTER_TABLE}`];
  return [...clear, tableText(routerRules(model, model.firewall)), ''].join('\n');
}

/** The same as data. */
function routerRules(model: FlowModel, { ports }: Firewall): Ruleset {
  const { chains, map } = policyChains(byCard(model, ports));
  return {
    family: 'inet',
    name: ROUTER_TABLE,
    sets: [
      { name: 'loopback_in', fields: ['iifname'], elements: [['lo']] },
      { name: 'loopback_out', fields: ['oifname'], elements: [['lo']] },
      { name: 'admin_in', fields: ['iifname'], elements: [['eth0']] },
      { name: 'admin_out', fields: ['oifname'], elements: [['eth0']] },
    ],
    maps: [map],
    chains: [...chains, ...fixedChains],
  };
}

/** The model with each bridge under the name of the card that is the machine's leg there. */
function byCard(model: FlowModel, ports: Firewall['ports']): FlowModel {
  const cards = new Map(ports.map(({ bridge, card }) => [bridge, card]));
  const renamed = <T extends object>(subject: T): T =>
    'bridge' in subject ? { ...subject, bridge: cards.get(String(subject.bridge)) ?? '' } : subject;
  return {
    ...model,
    flows: model.flows.map((flow) => ({
      ...flow,
      from: renamed(flow.from),
      to: renamed(flow.to),
    })),
  };
}

const inSet = (field: 'iifname' | 'oifname', set: string): Match => ({
  on: 'set',
  fields: [field],
  set,
});
const accept = (matches: readonly Match[], comment: string): Rule => ({
  matches,
  verdict: { do: 'accept' },
  comment,
});
const drop = (matches: readonly Match[], comment: string): Rule => ({
  matches,
  verdict: { do: 'drop' },
  comment,
});
const log = (prefix: string): Rule => ({
  matches: [],
  verdict: { do: 'log', prefix, group: LOG_GROUP },
});
const noIpv6 = drop([{ on: 'ipv6' }], 'IPv6 is off in every domain');
const invalid = drop([{ on: 'tracking', value: 'invalid' }], 'part of no conversation');
const reply = accept([{ on: 'tracking', value: 'reply' }], 'answers');
const related = accept([{ on: 'tracking', value: 'related' }], 'errors about open flows');

/** The part that is the same for every world. A chain with a hook drops what falls off its end. */
const fixedChains: readonly Chain[] = [
  {
    name: 'refused',
    rules: [log('anklume-drop'), drop([], 'domains are closed to each other')],
  },
  {
    name: 'admin_refused',
    rules: [
      log('anklume-admin-reject'),
      {
        matches: [],
        verdict: { do: 'reject' },
        comment: 'no policy opens this to the domain of administration',
      },
    ],
  },
  {
    name: 'forward',
    hook: 'forward',
    policy: 'drop',
    rules: [
      noIpv6,
      invalid,
      related,
      {
        matches: [],
        verdict: { do: 'lookup', fields: ['iifname', 'oifname'], map: 'policies' },
      },
      { matches: [inSet('iifname', 'admin_in')], verdict: { do: 'goto', chain: 'admin_refused' } },
      { matches: [], verdict: { do: 'goto', chain: 'refused' } },
    ],
  },
  {
    name: 'input',
    hook: 'input',
    policy: 'drop',
    rules: [
      accept([inSet('iifname', 'loopback_in')], 'the machine itself'),
      noIpv6,
      invalid,
      reply,
      related,
      accept([inSet('iifname', 'admin_in')], 'only the domain of administration'),
      { matches: [], verdict: { do: 'goto', chain: 'refused' } },
    ],
  },
  {
    name: 'output',
    hook: 'output',
    policy: 'drop',
    rules: [
      accept([inSet('oifname', 'loopback_out')], 'the machine itself'),
      noIpv6,
      reply,
      related,
      accept([inSet('oifname', 'admin_out')], 'its own domain, and through it the internet'),
    ],
  },
];
