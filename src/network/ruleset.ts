import { nftComment } from './comment.ts';
import type { FlowModel } from './flows.ts';
import type { Chain, Field, Match, NamedSet, Rule, Ruleset, Verdict, VerdictMap } from './rules.ts';
import { wallsFor } from './walls.ts';

/**
 * Right before Incus's own chains, which hook at 0 and accept what crosses their bridges.
 * An accept here only hands the packet on to them; a drop is final.
 */
const PRIORITY = -1;

/** The ruleset for a model, as nft reads it: one transaction that replaces table `inet anklume` and nothing else. */
export function renderRuleset(model: FlowModel): string {
  return rulesetText(wallsFor(model));
}

/** Typed rules as text. Adding the table first makes deleting it valid where there was none. */
function rulesetText(ruleset: Ruleset): string {
  const blocks = [
    ...ruleset.sets.map(setText),
    ...ruleset.maps.map(mapText),
    ...ruleset.chains.map(chainText),
  ];
  return [
    'table inet anklume',
    'delete table inet anklume',
    'table inet anklume {',
    blocks.join('\n'),
    '}',
    '',
  ].join('\n');
}

const TYPES: Readonly<Record<Field, string>> = {
  iifname: 'ifname',
  oifname: 'ifname',
  saddr: 'ipv4_addr',
  daddr: 'ipv4_addr',
};
const SELECTORS: Readonly<Record<Field, string>> = {
  iifname: 'iifname',
  oifname: 'oifname',
  saddr: 'ip saddr',
  daddr: 'ip daddr',
};

function setText(set: NamedSet): string {
  const elements = set.elements.map((element) => key(set.fields, element));
  return block(`set ${set.name}`, [`type ${types(set.fields)}`, ...elementLines(elements)]);
}

function mapText(map: VerdictMap): string {
  const elements = map.elements.map((e) => `${key(map.fields, e.key)} : jump ${e.chain}`);
  return block(`map ${map.name}`, [
    `type ${types(map.fields)} : verdict`,
    ...elementLines(elements),
  ]);
}

function chainText(chain: Chain): string {
  const hook = chain.hook
    ? [`type filter hook ${chain.hook} priority ${PRIORITY}; policy accept;`]
    : [];
  return block(`chain ${chain.name}`, [...hook, ...chain.rules.map(ruleText)]);
}

function ruleText(rule: Rule): string {
  const words = rule.matches.map(matchText);
  if (rule.verdict.do === 'accept' || rule.verdict.do === 'drop') words.push('counter');
  words.push(verdictText(rule.verdict));
  const comment = nftComment(rule.comment ?? '');
  if (comment) words.push(`comment "${comment}"`);
  return words.join(' ');
}

function matchText(match: Match): string {
  switch (match.on) {
    case 'set':
      return `${selectors(match.fields)} @${match.set}`;
    case 'address':
      return `ip ${match.field} ${match.value}`;
    case 'port':
      return `${match.protocol} ${match.field} ${portsText(match.ports)}`;
    case 'protocol':
      return `meta l4proto ${match.value}`;
    case 'echo-request':
      return 'icmp type echo-request';
    case 'ipv6':
      return 'meta nfproto ipv6';
    case 'tracking':
      return match.value === 'reply'
        ? 'ct state established ct direction reply'
        : `ct state ${match.value}`;
  }
}

function portsText(ports: readonly number[]): string {
  return ports.length === 1 ? String(ports[0]) : `{ ${ports.join(', ')} }`;
}

function verdictText(verdict: Verdict): string {
  switch (verdict.do) {
    case 'accept':
    case 'drop':
      return verdict.do;
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
