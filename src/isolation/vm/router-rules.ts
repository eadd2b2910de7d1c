import {
  accepted,
  type Chain,
  dropped,
  errorChains,
  type Firewall,
  type FlowModel,
  type Match,
  type NamedSet,
  policyChains,
  policyErrors,
  type Rule,
  type RuleCode,
  type Ruleset,
  senderSets,
  serviceSets,
  tableText,
} from '../index.ts';

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
export function routerRules(model: FlowModel, { ports }: Firewall): Ruleset {
  const carried = byCard(model, ports);
  const { chains, map } = policyChains(carried);
  const errors = policyErrors(carried);
  const sixth = ports.flatMap(({ card, ipv6 }) => (ipv6 ? [[card]] : []));
  return {
    family: 'inet',
    name: ROUTER_TABLE,
    sets: [
      { name: 'loopback_in', fields: ['iifname'], elements: [['lo']] },
      { name: 'loopback_out', fields: ['oifname'], elements: [['lo']] },
      { name: 'admin_in', fields: ['iifname'], elements: [['eth0']] },
      { name: 'admin_out', fields: ['oifname'], elements: [['eth0']] },
      ...(sixth.length > 0 ? ipv6Sets(sixth) : []),
      ...senderSets(sixth.length > 0),
      ...serviceSets(carried),
    ],
    maps: [map, errors.map],
    chains: [...chains, ...errors.chains, ...fixedChains(sixth.length > 0)],
  };
}

/** The cards with IPv6. By the first of these sets `anklume-router.service` knows that there is some to forward. */
function ipv6Sets(cards: string[][]): NamedSet[] {
  return [
    { name: 'ipv6_in', fields: ['iifname'], elements: cards },
    { name: 'ipv6_out', fields: ['oifname'], elements: cards },
  ];
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

const inSet = (field: 'iifname' | 'oifname', set: string) =>
  ({ on: 'set', fields: [field], set }) as const;
const log = (code: RuleCode): Rule => ({
  matches: [],
  verdict: { do: 'log', code, group: LOG_GROUP },
});
const invalid = dropped([{ on: 'tracking', value: 'invalid' }], 'invalid-state');
const reply = accepted([{ on: 'tracking', value: 'reply' }], 'reply');
const related: Match = { on: 'tracking', value: 'related' };
const anError: readonly Match[] = [related, { on: 'icmp' }];
/** What the machine itself says about what it carries. */
const ownErrors = (has6: boolean): Rule[] =>
  (has6 ? ([4, 6] as const) : ([4] as const)).map((family) =>
    accepted([related, { on: 'error', family, says: 'any' }], 'related-icmp'),
  );

/** Where no leg has IPv6 it is dropped unseen; otherwise on the legs that have none. */
function noIpv6(has6: boolean, ...fields: readonly ('iifname' | 'oifname')[]): Rule[] {
  if (!has6) return [dropped([{ on: 'ipv6' }], 'ipv6-off')];
  return fields.map((field) => {
    const off = { ...inSet(field, field === 'iifname' ? 'ipv6_in' : 'ipv6_out'), not: true };
    return dropped([{ on: 'ipv6' }, off], 'ipv6-off');
  });
}

/** What a card with IPv6 says and hears on its link, and no more: who has an address, and who listens. */
const NEIGHBOURS = ['nd-neighbor-solicit', 'nd-neighbor-advert'] as const;
const asked = accepted(
  [inSet('iifname', 'ipv6_in'), { on: 'icmp6', kinds: [...NEIGHBOURS, 'mld-listener-query'] }],
  'neighbour',
);
/** Routers, and whoever speaks to all on a link: nothing that this machine listens to, and no news. */
const unheard = dropped(
  [inSet('iifname', 'ipv6_in'), { on: 'address', field: 'daddr6', value: 'ff02::/16' }],
  'link-multicast',
);
const told = accepted(
  [inSet('oifname', 'ipv6_out'), { on: 'icmp6', kinds: [...NEIGHBOURS, 'mld2-listener-report'] }],
  'neighbour',
);

/** The part that is the same for every world. A chain with a hook drops what falls off its end. */
const fixedChains = (has6: boolean): readonly Chain[] => [
  {
    name: 'refused',
    rules: [log('inter-domain'), dropped([], 'inter-domain')],
  },
  {
    name: 'admin_refused',
    rules: [
      log('admin-closed'),
      {
        matches: [],
        verdict: { do: 'reject' },
        code: 'admin-closed',
      },
    ],
  },
  ...errorChains(has6),
  {
    name: 'errors_forward',
    rules: [
      { matches: [], verdict: { do: 'jump', chain: 'errors' } },
      { matches: [], verdict: { do: 'lookup', fields: ['iifname', 'oifname'], map: 'errors' } },
      { matches: [], verdict: { do: 'goto', chain: 'refused' } },
    ],
  },
  {
    name: 'forward',
    hook: 'forward',
    policy: 'drop',
    rules: [
      ...noIpv6(has6, 'iifname', 'oifname'),
      invalid,
      { matches: anError, verdict: { do: 'goto', chain: 'errors_forward' } },
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
      accepted([inSet('iifname', 'loopback_in')], 'loopback'),
      ...(has6 ? [asked, unheard] : []),
      ...noIpv6(has6, 'iifname'),
      invalid,
      reply,
      accepted([inSet('iifname', 'admin_in')], 'admin'),
      { matches: [], verdict: { do: 'goto', chain: 'refused' } },
    ],
  },
  {
    name: 'output',
    hook: 'output',
    policy: 'drop',
    rules: [
      accepted([inSet('oifname', 'loopback_out')], 'loopback'),
      ...(has6 ? [told] : []),
      ...noIpv6(has6, 'oifname'),
      reply,
      ...ownErrors(has6),
      accepted([inSet('oifname', 'admin_out')], 'admin'),
    ],
  },
];
