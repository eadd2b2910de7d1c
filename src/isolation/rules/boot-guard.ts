import { BOOT_TABLE, clearing } from '../load/tables.ts';
import type { RuleCode } from './codes.ts';
import { commentOf } from './rule-comments.ts';

/**
 * What stands before a daemon starts machines and until rules are loaded: nothing is passed on, and the host answers
 * nothing but requests for an address. For a host that is all ours, such as a sandbox; its own conversations go on.
 */
export function wholeGuard(): string {
  return guard({
    forward: [DROPPED],
    input: [
      said('iifname "lo" accept', 'loopback'),
      said('ct state established,related accept', 'reply'),
      ...ADDRESSES,
      DROPPED,
    ],
  });
}

/** The same for some bridges of a host that has others. */
export function bridgesGuard(bridges: readonly string[]): string {
  const list = `{ ${bridges.map((name) => `"${name}"`).join(', ')} }`;
  if (bridges.length === 0) return guard({ forward: [], input: [] });
  return guard({
    forward: [`iifname ${list} ${DROPPED}`, `oifname ${list} ${DROPPED}`],
    input: [
      ...ADDRESSES,
      said(`iifname ${list} ct state established,related accept`, 'reply'),
      `iifname ${list} ${DROPPED}`,
    ],
  });
}

const said = (rule: string, code: RuleCode): string => `${rule} comment "${commentOf(code)}"`;
const DROPPED = said('counter drop', 'before-rules');

/** How machines get an address, so that they need not wait for it longer than the rules take. */
const ADDRESSES = [
  said('udp sport 68 udp dport 67 accept', 'dhcp-client'),
  said('ip6 saddr fe80::/10 udp sport 546 udp dport 547 accept', 'dhcp-client'),
  said(
    'icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } accept',
    'neighbour',
  ),
];

function guard(chains: { readonly forward: readonly string[]; readonly input: readonly string[] }) {
  const block = (hook: 'forward' | 'input') => [
    `\tchain ${hook} {`,
    `\t\ttype filter hook ${hook} priority -2; policy accept;`,
    ...chains[hook].map((rule) => `\t\t${rule}`),
    '\t}',
  ];
  return [
    ...clearing([BOOT_TABLE]),
    `table inet ${BOOT_TABLE} {`,
    ...block('forward'),
    ...block('input'),
    '}',
    '',
  ].join('\n');
}
