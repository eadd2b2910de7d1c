import { anError, counted, inSet, into, noInvalid, notInSet } from './rule-parts.ts';
import type { AddressField, Chain, End, Match, NamedSet, Rule } from './rules.ts';

/**
 * ICMP errors about conversations that the kernel knows, such as "that port is closed" and "too long for the way".
 *
 * To the kernel an error is part of a conversation (`related`) by what it quotes and whom it is sent to; who sends it,
 * and from where, it does not ask. So an error passes only if its sender is the other end of the conversation, where
 * that end is, and the conversation is allowed; about what goes out to the internet also from a router on the way.
 */

/** The fields of one family. */
interface Fields {
  readonly family: 4 | 6;
  readonly saddr: AddressField;
  readonly daddr: AddressField;
  readonly client: End;
  readonly server: End;
  /** Sets: senders that were seen, bridges with their subnets, subnets, gateways. */
  readonly senders: string;
  readonly homes: string;
  readonly subnets: string;
  readonly gateways: string;
}
const FAMILIES: readonly Fields[] = [
  {
    ...{ family: 4, saddr: 'saddr', daddr: 'daddr', client: 'client', server: 'server' },
    ...{ senders: 'senders', homes: 'homes', subnets: 'subnets', gateways: 'gateways' },
  },
  {
    ...{ family: 6, saddr: 'saddr6', daddr: 'daddr6', client: 'client6', server: 'server6' },
    ...{ senders: 'senders6', homes: 'homes6', subnets: 'subnets6', gateways: 'gateways6' },
  },
];

const familiesOf = (has6: boolean): readonly Fields[] => FAMILIES.slice(0, has6 ? 2 : 1);

/**
 * nft cannot compare two fields of a packet. So the sender is kept for a moment, under the number of the conversation,
 * and its end is looked up in what was kept: it is there when it is the sender. A full set lets no error through.
 */
export const senderSets = (has6: boolean): NamedSet[] =>
  familiesOf(has6).map(({ senders, saddr }) => ({
    name: senders,
    fields: ['conversation', saddr],
    elements: [],
    filled: { size: 65_535, seconds: 1 },
  }));

/** Errors towards the client are what the server says about the client's packets, and the other way round. */
const towards = (end: 'client' | 'server'): Match => ({ on: 'towards', end });

/**
 * What chains of errors begin with: from here comes back what is an error, said by an end of its conversation. Who
 * that is was kept for this packet alone.
 */
export function errorChains(has6: boolean): Chain[] {
  const families = familiesOf(has6);
  const kept = (verdict: 'remember' | 'forget') =>
    families.map(
      ({ senders, saddr }): Rule => ({
        matches: [],
        verdict: { do: verdict, set: senders, fields: ['conversation', saddr] },
      }),
    );
  const ends = families.flatMap(({ senders, client, server }) => [
    into('errors_kept', [towards('client'), { on: 'remembered', set: senders, end: server }]),
    into('errors_kept', [towards('server'), { on: 'remembered', set: senders, end: client }]),
  ]);
  // Taken out again in any case: an end of one conversation is not to vouch for what comes next.
  return [
    { name: 'errors_kept', rules: kept('forget') },
    {
      name: 'errors',
      rules: [
        ...onlyErrors(families),
        ...kept('remember'),
        ...ends,
        ...kept('forget'),
        counted([], 'drop', 'icmp-sender'),
      ],
    },
  ];
}

const onlyErrors = (families: readonly Fields[]): Rule[] =>
  families.map(({ family }) =>
    counted([{ on: 'error', family, says: 'any', not: true }], 'drop', 'icmp-type'),
  );

const begin: Rule = into('errors', [], 'back');
const notAllowed = counted([], 'drop', 'icmp-closed');

/** Packets of no conversation are dropped, errors looked at; anything else related goes on like any packet. */
export const unusual = (name: string, errors: string): Chain => ({
  name,
  rules: [noInvalid, into(errors, anError)],
});

/** Between domains: the errors of conversations that policies allow. */
const betweenChain: Chain = {
  name: 'errors_between',
  rules: [
    begin,
    { matches: [], verdict: { do: 'lookup', fields: ['iifname', 'oifname'], map: 'errors' } },
    notAllowed,
  ],
};

/** Within a domain: both ends are there. */
const withinRules = (has6: boolean): Rule[] =>
  familiesOf(has6).map(({ homes, client, server }) =>
    counted(
      [inSet(homes, 'iifname', client), inSet(homes, 'iifname', server)],
      'accept',
      'related-icmp',
    ),
  );

/** What machines say about answers from the internet. */
function outwardChain(has6: boolean): Chain {
  const allowed = familiesOf(has6).map(({ homes, client }) =>
    counted(
      [towards('server'), inSet('online', 'iifname'), inSet(homes, 'iifname', client)],
      'accept',
      'related-icmp',
    ),
  );
  return {
    name: 'errors_outward',
    rules: [begin, ...closedLan('iifname', 'daddr', has6), ...allowed, notAllowed],
  };
}

/**
 * What is said beyond the host about what machines sent there. Routers on the way may say what ends no conversation:
 * without them nobody would learn how long packets may be. That a way is refused they may say of TCP, which looks
 * itself at whether the quoted packet was really sent. All else is said by the server.
 */
function inwardChain(has6: boolean): Chain {
  const families = familiesOf(has6);
  return {
    name: 'errors_inward',
    rules: [
      ...onlyErrors(families),
      counted([notInSet('online', 'oifname')], 'drop', 'no-internet'),
      ...closedLan('oifname', 'server', has6),
      ...families.map(({ server, subnets }) =>
        counted([inSet(subnets, server)], 'drop', 'icmp-closed'),
      ),
      counted([towards('server')], 'drop', 'icmp-closed'),
      ...families.flatMap(({ family }) => [
        counted([{ on: 'error', family, says: 'way' }], 'accept', 'related-icmp'),
        counted(
          [
            { on: 'error', family, says: 'refused' },
            { on: 'conversation', protocol: 'tcp', family },
          ],
          'accept',
          'related-icmp',
        ),
      ]),
      begin,
      counted([], 'accept', 'related-icmp'),
    ],
  };
}

/** Nothing about the local network for a domain that is closed to it. */
function closedLan(
  bridge: 'iifname' | 'oifname',
  field: 'daddr' | 'server',
  has6: boolean,
): Rule[] {
  const closed = inSet('no_lan', bridge);
  const code = bridge === 'iifname' ? 'egress-lan' : 'ingress-lan';
  return [
    counted([closed, { on: 'private', field }], 'drop', code),
    ...(has6 ? [counted([{ on: 'ipv6' }, closed], 'drop', code)] : []),
  ];
}

/** To the host: about its own conversations with machines, and theirs with their own gateway. */
function hostChainsOf(has6: boolean): Chain[] {
  const families = familiesOf(has6);
  const services = families.flatMap(({ family }): Rule[] => {
    const about = (protocol: 'udp' | 'tcp' | 'icmp', port?: number): Match => ({
      on: 'conversation',
      protocol,
      family,
      ...(port !== undefined && { ports: { one: port } }),
    });
    const kinds = [about('udp', 53), about('udp', 67), about('tcp', 53), about('icmp')];
    return kinds.map((kind) => counted([kind], 'accept', 'related-icmp'));
  });
  return [
    {
      name: 'errors_gateway',
      rules: [
        ...services,
        { matches: [], verdict: { do: 'lookup', fields: ['iifname'], map: 'host_errors' } },
      ],
    },
    {
      name: 'errors_host',
      rules: [
        begin,
        ...families.flatMap(({ homes, client, server, gateways, daddr }) => [
          counted([towards('client'), inSet(homes, 'iifname', server)], 'accept', 'related-icmp'),
          into(
            'errors_gateway',
            [towards('server'), inSet(gateways, 'iifname', daddr), inSet(homes, 'iifname', client)],
            'back',
          ),
        ]),
        notAllowed,
      ],
    },
    {
      // From no bridge of ours: about conversations of machines nobody there has anything to say to the host.
      name: 'errors_elsewhere',
      rules: families.flatMap(({ client, server, subnets }) =>
        [client, server].map((end) =>
          counted([{ on: 'icmp' }, inSet(subnets, end)], 'drop', 'icmp-closed'),
        ),
      ),
    },
  ];
}

/** All chains that are the same for every world. */
export const allErrorChains = (has6: boolean): readonly Chain[] => [
  ...errorChains(has6),
  betweenChain,
  { name: 'errors_within', rules: [begin, ...withinRules(has6), notAllowed] },
  outwardChain(has6),
  inwardChain(has6),
  ...hostChainsOf(has6),
];
