import type { RuleCode } from './codes.ts';
import { counted, fromOurs, inSet, into, notInSet, toOurs } from './rule-parts.ts';
import type { AddressField, Chain, Field, Match, NamedSet, Rule, Timeout } from './rules.ts';

/**
 * What one machine can use up of what the host has for all: the table of conversations, and those of neighbours.
 *
 * Limits stand where the kernel asks about NAT: there it brings the first packet of each conversation, once the rules
 * have let it through, so the others cost nothing.
 */

/**
 * Conversations of one machine at a time: a sixteenth of what the kernel has room for where there are 4 GiB of memory.
 * They are counted in 64 shares, by the number that the kernel gives to each: counting takes as long as there are
 * members, and no machine can choose its share.
 */
const IN_A_SHARE = 256;
/** Of these, to addresses of domains that no declared machine has. The kernel has room for 1024 neighbours. */
const TO_STRANGERS = 256;
/** Hosts of the local network that one machine has the host look for: the first at once, then so many a second. */
const NEIGHBOURS = { aSecond: 10, atOnce: 100 };
/** For so long a host of the local network is counted once. */
const REMEMBERED = 10;
/** Two hours and four minutes: less, RFC 5382 does not allow. The kernel's own is five days. */
const PATIENCE = 7440;
const MEMBERS = 65_535;

interface Names {
  readonly family: 4 | 6;
  readonly saddr: AddressField;
  readonly daddr: AddressField;
  readonly hop: Field;
  /** Added to the names of sets and timeouts. */
  readonly end: '' | '6';
}
const FAMILIES: readonly Names[] = [
  { family: 4, saddr: 'saddr', daddr: 'daddr', hop: 'hop', end: '' },
  { family: 6, saddr: 'saddr6', daddr: 'daddr6', hop: 'hop6', end: '6' },
];
const familiesOf = (has6: boolean): readonly Names[] => FAMILIES.slice(0, has6 ? 2 : 1);

/** `known`: the addresses of declared machines, of each family. */
export function limitSets(has6: boolean, known: (family: 4 | 6) => string[]): NamedSet[] {
  return familiesOf(has6).flatMap(({ family, saddr, daddr, hop, end }): NamedSet[] => {
    const filled = (name: string, fields: readonly Field[], seconds?: number): NamedSet => ({
      name: `${name}${end}`,
      fields,
      elements: [],
      filled: { size: MEMBERS, ...(seconds !== undefined && { seconds }) },
    });
    return [
      {
        name: `known${end}`,
        fields: [daddr],
        elements: known(family).map((address) => [address]),
      },
      filled('conversations', ['iifname', saddr, 'share']),
      filled('strangers', ['iifname', saddr]),
      filled('hops', [hop], 1),
      filled('nearby', ['iifname', saddr, daddr], REMEMBERED),
      filled('seekers', ['iifname', saddr], 60),
    ];
  });
}

export const timeouts = (has6: boolean): Timeout[] =>
  familiesOf(has6).map(({ family, end }) => ({
    name: `patience${end}`,
    family,
    seconds: PATIENCE,
  }));

/** Drops over a limit, and where nothing can be counted any more. */
function limited(
  set: string,
  fields: readonly Field[],
  most: (Match & { readonly on: 'over' })['most'],
  code: RuleCode,
  first: readonly Match[] = [],
): Rule[] {
  return [
    counted([...first, { on: 'over', set, fields, most }], 'drop', code),
    counted([...first, notInSet(set, ...fields)], 'drop', 'counter-full'),
  ];
}

/** What a machine opens towards others is counted, and forgotten in time. */
export const openedRules = (has6: boolean): Rule[] => [
  into('opened', [fromOurs], 'back'),
  into('to_strangers', [fromOurs, toOurs], 'back'),
  ...familiesOf(has6).map(
    ({ family, end }): Rule => ({
      matches: [fromOurs, family === 4 ? { on: 'ipv4' } : { on: 'ipv6' }],
      verdict: { do: 'patience', timeout: `patience${end}` },
    }),
  ),
];

export function limitChains(has6: boolean): Chain[] {
  const families = familiesOf(has6);
  return [
    {
      name: 'opened',
      rules: families.flatMap(({ saddr, end }) =>
        limited(
          `conversations${end}`,
          ['iifname', saddr, 'share'],
          { conversations: IN_A_SHARE },
          'connection-limit',
        ),
      ),
    },
    {
      name: 'to_strangers',
      rules: families.flatMap(({ saddr, daddr, end }) =>
        limited(
          `strangers${end}`,
          ['iifname', saddr],
          { conversations: TO_STRANGERS },
          'unused-address-limit',
          [notInSet(`known${end}`, daddr)],
        ),
      ),
    },
    {
      // A host of the local network is its own next hop; what goes on to the internet is given to a router.
      name: 'to_neighbours',
      rules: families.flatMap(({ daddr, hop, end }): Rule[] => [
        { matches: [], verdict: { do: 'remember', set: `hops${end}`, fields: [hop] } },
        into('seeking', [inSet(`hops${end}`, daddr)], 'back'),
      ]),
    },
    {
      name: 'seeking',
      rules: families.flatMap(({ saddr, daddr, end }): Rule[] => {
        const fields = ['iifname', saddr, daddr] as const;
        const nearby = `nearby${end}`;
        return [
          ...limited(`seekers${end}`, ['iifname', saddr], NEIGHBOURS, 'neighbour-limit', [
            notInSet(nearby, ...fields),
          ]),
          { matches: [], verdict: { do: 'note', set: nearby, fields } },
        ];
      }),
    },
    {
      name: 'entered',
      hook: 'input',
      firstPackets: true,
      rules: openedRules(has6).filter(
        ({ verdict }) => !('chain' in verdict) || verdict.chain !== 'to_strangers',
      ),
    },
  ];
}
