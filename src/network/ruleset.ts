import { bitsOf } from '../infra/index.ts';
import { DISPOSABLE_PORT } from '../tree/index.ts';
import { nftComment } from './comment.ts';
import type { FlowModel } from './flows.ts';
import { guardFor } from './guard.ts';
import { PRIVATE_RANGES } from './private-ranges.ts';
import type {
  Chain,
  Family,
  Field,
  Hook,
  MapElement,
  Match,
  NamedSet,
  Rule,
  Ruleset,
  Verdict,
  VerdictMap,
} from './rules.ts';
import { clearing, ownerChain, TABLE } from './tables.ts';
import { throughFirewall } from './through-firewall.ts';
import { wallsFor } from './walls.ts';

/**
 * Right before Incus's own chains, which hook at 0, on bridges at -200, and accept what crosses their bridges.
 * An accept here only hands the packet on to them; a drop is final.
 */
const PRIORITY: Readonly<Record<Family, number>> = { inet: -1, bridge: -201 };
/** Incus masquerades at 100. */
const BEFORE_MASQUERADE = 99;

/** The ruleset for a model, as nft reads it: one transaction that replaces the tables `anklume` and nothing else. */
export function renderRuleset(model: FlowModel): string {
  const owner: Chain = { name: ownerChain(model.projectName), rules: [] };
  const rulesets = [hostRules(model), guardFor(model)].map((one) => ({
    ...one,
    chains: [owner, ...one.chains],
  }));
  return [...clearing([TABLE]), ...rulesets.map(tableText), ''].join('\n');
}

/** Table `inet anklume` of a world, whichever way its domains reach each other. */
export function hostRules(model: FlowModel): Ruleset {
  const walls = wallsFor(model);
  return model.firewall ? throughFirewall(walls, model.firewall) : walls;
}

/** One table as nft reads it, without what clears the old one. */
export function tableText(ruleset: Ruleset): string {
  const blocks = [
    ...ruleset.sets.map(setText),
    ...ruleset.maps.map(mapText),
    ...ruleset.chains.map((chain) => chainText(chain, ruleset.family)),
  ];
  return [`table ${ruleset.family} ${ruleset.name ?? TABLE} {`, blocks.join('\n'), '}'].join('\n');
}

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
};

const TRACKING = {
  invalid: 'ct state invalid',
  valid: 'ct state != invalid',
  related: 'ct state related',
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

function setText(set: NamedSet): string {
  const elements = set.elements.map((element) => key(set.fields, element));
  return block(`set ${set.name}`, [`type ${types(set.fields)}`, ...elementLines(elements)]);
}

function mapText(map: VerdictMap): string {
  const elements = map.elements.map((e) => `${key(map.fields, e.key)} : ${targetText(e)}`);
  return block(`map ${map.name}`, [
    `type ${types(map.fields)} : verdict`,
    ...elementLines(elements),
  ]);
}

function targetText(element: MapElement): string {
  return 'chain' in element ? `${element.do ?? 'jump'} ${element.chain}` : element.do;
}

function chainText(chain: Chain, family: Family): string {
  const hook = chain.hook ? [hookText(chain.hook, chain.policy ?? 'accept', family)] : [];
  return block(`chain ${chain.name}`, [...hook, ...chain.rules.map(ruleText)]);
}

function hookText(hook: Hook, policy: 'accept' | 'drop', family: Family): string {
  const isNat = hook === 'postrouting';
  const priority = isNat ? BEFORE_MASQUERADE : PRIORITY[family];
  return `type ${isNat ? 'nat' : 'filter'} hook ${hook} priority ${priority}; policy ${policy};`;
}

function ruleText(rule: Rule): string {
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

function block(title: string, lines: readonly string[]): string {
  return [`\t${title} {`, ...lines.map((line) => `\t\t${line}`), '\t}'].join('\n');
}
