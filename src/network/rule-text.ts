import { bitsOf } from '../infra/index.ts';
import { DISPOSABLE_PORT } from '../tree/index.ts';
import { nftComment } from './comment.ts';
import { PRIVATE_RANGES } from './private-ranges.ts';
import type {
  ErrorKind,
  Field,
  MapElement,
  Match,
  NamedSet,
  Rule,
  Verdict,
  VerdictMap,
} from './rules.ts';

const TYPES: Readonly<Record<Field, string>> = {
  iifname: 'ifname',
  oifname: 'ifname',
  ether: 'ether_addr',
  frame: 'ether_type',
  saddr: 'ipv4_addr',
  daddr: 'ipv4_addr',
  claim: 'ipv4_addr',
  saddr6: 'ipv6_addr',
  daddr6: 'ipv6_addr',
  client: 'ipv4_addr',
  server: 'ipv4_addr',
  client6: 'ipv6_addr',
  server6: 'ipv6_addr',
  // A number without a type of its own: its set is declared by what it looks at.
  conversation: 'integer',
  service: 'inet_service',
};
const SELECTORS: Readonly<Record<Field, string>> = {
  iifname: 'iifname',
  oifname: 'oifname',
  ether: 'ether saddr',
  frame: 'ether type',
  saddr: 'ip saddr',
  daddr: 'ip daddr',
  claim: 'arp saddr ip',
  saddr6: 'ip6 saddr',
  daddr6: 'ip6 daddr',
  client: 'ct original ip saddr',
  server: 'ct reply ip saddr',
  client6: 'ct original ip6 saddr',
  server6: 'ct reply ip6 saddr',
  conversation: 'ct id',
  service: 'ct reply proto-src',
};

const TRACKING = {
  invalid: 'ct state invalid',
  valid: 'ct state != invalid',
  related: 'ct state related',
  unusual: 'ct state invalid,related',
  usual: 'ct state established,new,untracked',
  reply: 'ct state established ct direction reply',
} as const;

/**
 * Bits of an advertisement that say whose it is (RFC 4861, 4.4), from where ICMPv6 begins, behind whatever headers.
 * By position: before version 1.0.8 nft has no word for them.
 */
const CLAIMED = '@th,64,128';

/** An IPv6 address as nft reads what it has no word for. */
function digits(address: string): string {
  return `0x${bitsOf(address).toString(16)}`;
}

export function setText(set: NamedSet): string {
  const elements = set.elements.map((element) => key(set.fields, element));
  const isNumbered = set.fields.includes('conversation');
  const kind = isNumbered ? `typeof ${selectors(set.fields)}` : `type ${types(set.fields)}`;
  return block(`set ${set.name}`, [kind, ...flagLines(set), ...elementLines(elements)]);
}

function flagLines({ ranges, filled }: NamedSet): string[] {
  if (filled) return [`size ${filled.size}`, 'flags dynamic,timeout', `timeout ${filled.seconds}s`];
  return ranges ? ['flags interval'] : [];
}

export function mapText(map: VerdictMap): string {
  const elements = map.elements.map((e) => `${key(map.fields, e.key)} : ${targetText(e)}`);
  return block(`map ${map.name}`, [
    `type ${types(map.fields)} : verdict`,
    ...elementLines(elements),
  ]);
}

function targetText(element: MapElement): string {
  return 'chain' in element ? `${element.do ?? 'jump'} ${element.chain}` : element.do;
}

/** One rule as nft reads it. */
export function ruleText(rule: Rule): string {
  const words = rule.matches.map(matchText);
  if (['accept', 'drop', 'reject'].includes(rule.verdict.do)) words.push('counter');
  words.push(verdictText(rule.verdict));
  const comment = nftComment(rule.comment ?? '');
  if (comment) words.push(`comment "${comment}"`);
  return words.join(' ');
}

function matchText(match: Match): string {
  switch (match.on) {
    case 'set':
      return `${selectors(match.fields)} ${match.not ? '!= ' : ''}@${match.set}`;
    case 'disposable':
      return `${match.field} "${DISPOSABLE_PORT}*"`;
    case 'address':
      return `${SELECTORS[match.field]} ${match.value}`;
    case 'subnets':
      return `${SELECTORS[match.field]} ${match.not ? '!= ' : ''}${oneOrSet(match.values)}`;
    case 'port':
      return `${match.protocol} ${match.field} ${oneOrSet(match.ports)}`;
    case 'protocol':
      return `meta l4proto ${match.value}`;
    case 'loopback':
      return `iifname ${match.not ? '!= ' : ''}"lo"`;
    case 'icmp':
      return `meta l4proto ${match.not ? '!= ' : ''}{ ${ICMP[4]}, ${ICMP[6]} }`;
    case 'error':
      return errorText(match);
    case 'towards':
      return `ct direction ${match.end === 'client' ? 'reply' : 'original'}`;
    case 'conversation':
      return conversationText(match);
    case 'remembered':
      return `${selectors(['conversation', match.end])} @${match.set}`;
    case 'echo-request':
      return 'icmp type echo-request';
    case 'icmp6':
      return `icmpv6 type ${oneOrSet(match.kinds)}`;
    case 'claims-other':
      return `icmpv6 type nd-neighbor-advert ${CLAIMED} != ${oneOrSet(match.values.map(digits))}`;
    case 'redirect':
      return 'icmp type redirect';
    case 'ipv6':
      return 'meta nfproto ipv6';
    case 'private':
      return `${SELECTORS[match.field]} ${oneOrSet(PRIVATE_RANGES)}`;
    case 'frame':
      return `ether type ${match.not ? '!= ' : ''}${oneOrSet(match.kinds)}`;
    case 'tracking':
      return TRACKING[match.value];
  }
}

/** By number: their names stand in a file that a small host may lack. */
const ICMP: Readonly<Record<4 | 6, number>> = { 4: 1, 6: 58 };
const PROTOCOLS = { tcp: 6, udp: 17 } as const;

/** Kinds of errors, and with a dot their codes. */
const ERRORS: Readonly<Record<4 | 6, Readonly<Record<ErrorKind, readonly string[]>>>> = {
  4: {
    any: ['destination-unreachable', 'time-exceeded', 'parameter-problem'],
    // No network, no host, too long for the way; too many routers, too long in pieces.
    way: ['3 . 0', '3 . 1', '3 . 4', '11 . 0', '11 . 1'],
    refused: ['3 . 9', '3 . 10', '3 . 13'],
  },
  6: {
    any: ['destination-unreachable', 'packet-too-big', 'time-exceeded', 'parameter-problem'],
    way: ['1 . 0', '1 . 3', '2 . 0', '3 . 0', '3 . 1'],
    refused: ['1 . 1'],
  },
};

function errorText({ family, says, not }: Match & { readonly on: 'error' }): string {
  const word = family === 4 ? 'icmp' : 'icmpv6';
  const what = says === 'any' ? `${word} type` : `${word} type . ${word} code`;
  return `${what} ${not ? '!= ' : ''}{ ${ERRORS[family][says].join(', ')} }`;
}

/** nft reads a port here only behind a word about the packet's own protocol, which is ICMP. */
function conversationText(match: Match & { readonly on: 'conversation' }): string {
  const { protocol, ports, family } = match;
  const number = protocol === 'icmp' ? ICMP[family] : PROTOCOLS[protocol];
  const which = `ct original protocol ${number}`;
  if (!ports) return which;
  const service = 'set' in ports ? `@${ports.set}` : ports.one;
  return `meta l4proto ${ICMP[family]} ${which} ${SELECTORS.service} ${service}`;
}

function oneOrSet(values: readonly (number | string)[]): string {
  return values.length === 1 ? String(values[0]) : `{ ${values.join(', ')} }`;
}

function verdictText(verdict: Verdict): string {
  switch (verdict.do) {
    case 'accept':
    case 'drop':
      return verdict.do;
    case 'reject':
      return 'reject with icmpx admin-prohibited';
    case 'keep-source':
      return verdict.family ? 'snat ip6 to ip6 saddr' : 'snat ip to ip saddr';
    case 'log':
      return `limit rate 10/second burst 20 packets log prefix "${verdict.prefix}: "${verdict.group === undefined ? '' : ` group ${verdict.group} snaplen 128`}`;
    case 'goto':
    case 'jump':
      return `${verdict.do} ${verdict.chain}`;
    case 'remember':
    case 'forget':
      return `${verdict.do === 'remember' ? 'update' : 'delete'} @${verdict.set} { ${selectors(verdict.fields)} }`;
    case 'lookup':
      return `${selectors(verdict.fields)} vmap @${verdict.map}`;
  }
}

function types(fields: readonly Field[]): string {
  return fields.map((field) => TYPES[field]).join(' . ');
}

function selectors(fields: readonly Field[]): string {
  return fields.map((field) => SELECTORS[field]).join(' . ');
}

function key(fields: readonly Field[], values: readonly string[]): string {
  return values
    .map((value, i) => (TYPES[fields[i] ?? 'iifname'] === 'ifname' ? `"${value}"` : value))
    .join(' . ');
}

function elementLines(elements: readonly string[]): string[] {
  if (elements.length === 0) return [];
  return ['elements = {', ...elements.map((element) => `\t${element},`), '}'];
}

/** Lines within braces. */
export function block(title: string, lines: readonly string[]): string {
  return [`\t${title} {`, ...lines.map((line) => `\t\t${line}`), '\t}'].join('\n');
}
