import { DISPOSABLE_PORT } from '../../world/tree/index.ts';
import { nftComment } from './comment.ts';
import { PRIVATE_RANGES } from './private-ranges.ts';
import { commentOf } from './rule-comments.ts';
import type {
  ErrorKind,
  Field,
  MapElement,
  Match,
  NamedSet,
  Rule,
  Timeout,
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
  'claim-mac': 'ether_addr',
  saddr6: 'ipv6_addr',
  daddr6: 'ipv6_addr',
  client: 'ipv4_addr',
  server: 'ipv4_addr',
  client6: 'ipv6_addr',
  server6: 'ipv6_addr',
  // A number without a type of its own: its set is declared by what it looks at.
  'asked-network': 'integer',
  target6: 'integer',
  'option-mac': 'integer',
  'router-option-mac': 'integer',
  'client-mac': 'integer',
  conversation: 'integer',
  service: 'inet_service',
  share: 'integer',
  hop: 'ipv4_addr',
  hop6: 'ipv6_addr',
};
const SELECTORS: Readonly<Record<Field, string>> = {
  iifname: 'iifname',
  oifname: 'oifname',
  ether: 'ether saddr',
  frame: 'ether type',
  saddr: 'ip saddr',
  daddr: 'ip daddr',
  claim: 'arp saddr ip',
  'claim-mac': 'arp saddr ether',
  // RFC 826; RFC 4861, 4.1 to 4.4, and RFC 951: bits from where ICMPv6 or UDP begins, behind whatever headers.
  'asked-network': '@nh,192,24',
  target6: '@th,64,128',
  'option-mac': '@th,208,48',
  'router-option-mac': '@th,80,48',
  'client-mac': '@th,288,48',
  saddr6: 'ip6 saddr',
  daddr6: 'ip6 daddr',
  client: 'ct original ip saddr',
  server: 'ct reply ip saddr',
  client6: 'ct original ip6 saddr',
  server6: 'ct reply ip6 saddr',
  conversation: 'ct id',
  service: 'ct reply proto-src',
  share: 'ct id & 63',
  hop: 'rt ip nexthop',
  hop6: 'rt ip6 nexthop',
};

/** Where the kind and the size of an option stand, and what they are when a MAC follows. */
const OPTIONS = { neighbour: '@th,192,16', router: '@th,64,16' } as const;
const MAC_OPTIONS = { 'source-mac': '0x0101', 'target-mac': '0x0201' } as const;

const TRACKING = {
  invalid: 'ct state invalid',
  valid: 'ct state != invalid',
  related: 'ct state related',
  unusual: 'ct state invalid,related',
  usual: 'ct state established,new,untracked',
  unanswered: 'ct state new',
  unsettled: 'ct state invalid,related,new',
  reply: 'ct state established ct direction reply',
} as const;

export function setText(set: NamedSet): string {
  const elements = set.elements.map((element) => key(set.fields, element));
  const isNumbered = set.fields.some((field) => TYPES[field] === 'integer');
  const numbered = set.fields.map((field) => (field === 'share' ? 'conversation' : field));
  const kind = isNumbered ? `typeof ${selectors(numbered)}` : `type ${types(set.fields)}`;
  return block(`set ${set.name}`, [kind, ...flagLines(set), ...elementLines(elements)]);
}

function flagLines({ ranges, filled }: NamedSet): string[] {
  if (filled?.seconds !== undefined)
    return [`size ${filled.size}`, 'flags dynamic,timeout', `timeout ${filled.seconds}s`];
  if (filled) return [`size ${filled.size}`, 'flags dynamic'];
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
  const comment = commentText(rule);
  if (comment !== '') words.push(`comment "${comment}"`);
  return words.join(' ');
}

/** The comment of a rule as it is loaded; empty for one that has no code. */
export function commentText(rule: Rule): string {
  if (!rule.code) return '';
  return nftComment(commentOf(rule.code, 'words' in rule ? rule.words : undefined));
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
      return `meta l4proto ${match.value === 'icmpv6' ? ICMP[6] : match.value}`;
    case 'loopback':
      return `iifname ${match.not ? '!= ' : ''}"lo"`;
    case 'icmp':
      return `meta l4proto ${match.not ? '!= ' : ''}{ ${ICMP[4]}, ${ICMP[6]} }`;
    case 'error':
      return errorText(match);
    case 'over':
      return overText(match);
    case 'ethernet':
      return 'meta oiftype ether';
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
    case 'icmp6-first':
      return `ip6 nexthdr ${match.not ? '!= ' : ''}${ICMP[6]}`;
    case 'length6':
      return `ip6 length ${match.not ? '!= ' : ''}${oneOrSet(match.values)}`;
    case 'option':
      return `${OPTIONS[match.at]} ${match.not ? '!= ' : ''}${MAC_OPTIONS[match.value]}`;
    case 'arp-form':
      return 'arp htype 1 arp ptype ip arp hlen 6 arp plen 4';
    case 'arp-request':
      return 'arp operation request';
    case 'message6':
      return `@th,64,8 ${oneOrSet(match.kinds)}`;
    case 'seen-payload':
      // Any first byte: the comparison fails only where there is nothing to compare.
      return '@th,0,8 0-255';
    case 'later-fragment':
      // No packet has this protocol: as above.
      return 'meta l4proto != 255 frag frag-off != 0';
    case 'options':
      return 'ip hdrlength != 5';
    case 'redirect':
      return 'icmp type redirect';
    case 'ipv4':
    case 'ipv6':
      return `meta nfproto ${match.on}`;
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
    unread: ['parameter-problem'],
  },
  6: {
    any: ['destination-unreachable', 'packet-too-big', 'time-exceeded', 'parameter-problem'],
    way: ['1 . 0', '1 . 3', '2 . 0', '3 . 0', '3 . 1'],
    refused: ['1 . 1'],
    unread: ['parameter-problem'],
  },
};

function errorText({ family, says, not }: Match & { readonly on: 'error' }): string {
  const word = family === 4 ? 'icmp' : 'icmpv6';
  const hasCode = says === 'way' || says === 'refused';
  const what = hasCode ? `${word} type . ${word} code` : `${word} type`;
  return `${what} ${not ? '!= ' : ''}{ ${ERRORS[family][says].join(', ')} }`;
}

const STATEMENTS = { remember: 'update', note: 'add', forget: 'delete' } as const;

function overText({ set, fields, most }: Match & { readonly on: 'over' }): string {
  const key = selectors(fields);
  if ('conversations' in most) return `add @${set} { ${key} ct count over ${most.conversations} }`;
  const { aSecond, atOnce } = most;
  return `update @${set} { ${key} limit rate over ${aSecond}/second burst ${atOnce} packets }`;
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
      return `limit rate 10/second burst 20 packets log prefix "anklume ${verdict.code}: "${verdict.group === undefined ? '' : ` group ${verdict.group} snaplen 128`}`;
    case 'goto':
    case 'jump':
      return `${verdict.do} ${verdict.chain}`;
    case 'remember':
    case 'note':
    case 'forget':
      return `${STATEMENTS[verdict.do]} @${verdict.set} { ${selectors(verdict.fields)} }`;
    case 'patience':
      return `ct timeout set "${verdict.timeout}"`;
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

export function timeoutText({ name, family, seconds }: Timeout): string {
  return block(`ct timeout ${name}`, [
    'protocol tcp',
    `l3proto ${family === 4 ? 'ip' : 'ip6'}`,
    `policy = { established : ${seconds} }`,
  ]);
}

/** Lines within braces. */
export function block(title: string, lines: readonly string[]): string {
  return [`\t${title} {`, ...lines.map((line) => `\t\t${line}`), '\t}'].join('\n');
}
