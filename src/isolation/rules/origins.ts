import { counted, inSet, into, noOptions, toOurs } from './rule-parts.ts';
import type { Chain, VerdictMap } from './rules.ts';

/**
 * Where a packet may come from, before the kernel does anything with it.
 *
 * Whoever is outside can write a machine's address into a packet as its sender. No chain behind this one lets such a
 * packet in, but the kernel answers much of what it does not pass on: with errors that it sends while it looks for the
 * way, with an answer to a ping of the host. All of that would go to the machine.
 */
/** Nearly all packets are done with one lookup: what comes from bridges of ours, and from the host itself. */
export const origins = (bridges: readonly string[]): VerdictMap => ({
  name: 'origins',
  fields: ['iifname'],
  elements: [...bridges, 'lo'].map((name) => ({ key: [name], do: 'accept' })),
});

export const originChains = (has6: boolean): readonly Chain[] => [
  { name: 'forged_origin', rules: [counted([], 'drop', 'forged-source')] },
  {
    name: 'origin',
    hook: 'prerouting',
    rules: [
      {
        matches: [],
        verdict: { do: 'lookup', fields: ['iifname'], map: 'origins' },
        code: 'known-interface',
      },
      into('forged_origin', [inSet('subnets', 'saddr')]),
      ...(has6 ? [into('forged_origin', [inSet('subnets6', 'saddr6')])] : []),
    ],
  },
  { name: 'answers', hook: 'output', rules: [into('to_machines', [toOurs], 'back')] },
  { name: 'to_machines', rules: [noOptions, ...(has6 ? [unread] : [])] },
];

/**
 * Options for each hop are the one thing that the kernel reads, and complains of, before any rule: also to who never
 * sent them.
 */
const unread = counted([{ on: 'error', family: 6, says: 'unread' }], 'drop', 'parameter-problem');
