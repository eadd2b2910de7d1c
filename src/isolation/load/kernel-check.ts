import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import type { Host } from '../../base/system/index.ts';
import { onHost } from '../rules/nft.ts';
import type { NftObject } from './listing.ts';
import { inScratchSpace } from './scratch-space.ts';
import { FAMILIES, TABLE } from './tables.ts';

/**
 * Loads a text that was checked into an empty network namespace, and looks at what the kernel made of
 * it: tables of ours, in which every rule at a hook looks at a card of ours before it decides. Throws
 * `rules-too-wide` (exit 2) otherwise.
 */
export async function checkInKernel(text: string, host: Host): Promise<void> {
  const fault = await inScratchSpace(host, async (scratch) => {
    await onHost(scratch, ['nft', '-f', '-'], { input: text });
    const { stdout } = await onHost(scratch, ['nft', '-s', '-j', 'list', 'ruleset']);
    return faultOf((JSON.parse(stdout) as { nftables: NftObject[] }).nftables);
  });
  if (fault !== undefined) throw tooWide(fault);
}

/** What in a listing is not to be loaded; undefined when all is well. */
export function faultOf(objects: readonly NftObject[]): string | undefined {
  const hooks = new Set<unknown>();
  for (const { chain } of objects)
    if (chain?.hook !== undefined) hooks.add(`${String(chain.family)} ${String(chain.name)}`);
  for (const object of objects) {
    const [kind = '', body] = Object.entries(object)[0] ?? [];
    if (kind === 'metainfo' || !body) continue;
    const name = String(body.name ?? body.chain ?? '');
    if (!['table', 'chain', 'rule', 'set', 'map', 'ct timeout'].includes(kind))
      return `${kind} ${name}`;
    const table = kind === 'table' ? body.name : body.table;
    if (!isOurs(body.family) || table !== TABLE) return `table ${String(table)}`;
    const chain = `${String(body.family)} ${String(body.chain)}`;
    if (kind === 'rule' && hooks.has(chain) && !isNarrow(objects, body)) return `chain ${chain}`;
  }
  return undefined;
}

function isOurs(family: unknown): boolean {
  return FAMILIES.some((one) => one === family);
}

type Rule = Readonly<Record<string, unknown>>;

/**
 * True when a rule decides about nothing but what is ours: it asks for a card, only refuses addresses of ours on a
 * bridge or from outside, keeps a packet's source as it is, hands on what is related to a conversation, or goes on to a chain of such rules.
 */
function isNarrow(objects: readonly NftObject[], rule: Rule): boolean {
  const { expr, family } = rule;
  return (
    looksAtCard(expr) ||
    keepsSource(expr) ||
    looksAtErrors(expr) ||
    (family === 'bridge' && (refusesOwned(expr) || leadsToNarrow(objects, rule))) ||
    (family === 'inet' && refusesOrigin(expr))
  );
}

/** True when a rule asks through which bridge or port a packet comes or goes, or with whose MAC, before all else that it does. */
function looksAtCard(expressions: unknown): boolean {
  return conditions(expressions).some((condition) => {
    const text = JSON.stringify(condition);
    const asks = /^\{"match":\{"op":"(==|in)","left":|^\{"vmap":\{"key":/.test(text);
    const card = /"key":"(iifname|oifname|ibrname|obrname)"|"protocol":"ether","field":"saddr"/;
    return asks && card.test(text);
  });
}

/** The comparisons that a rule begins with, and the map that it may end in: it does nothing unless all of them hold. */
function conditions(expressions: unknown): unknown[] {
  const all = Array.isArray(expressions) ? (expressions as object[]) : [];
  const end = all.findIndex((one) => !('match' in one));
  return all.slice(0, end === -1 || 'vmap' in (all[end] ?? {}) ? end + 1 || all.length : end);
}

/** True when a rule does nothing but drop what names an address that is in a set of ours. */
function refusesOwned(expressions: unknown): boolean {
  const all = Array.isArray(expressions) ? (expressions as object[]) : [];
  const asked = conditions(expressions);
  const owned = /^\{"match":\{"op":"==",.*"right":"@(owned|owned6|owned_targets6|macs)"\}\}$/;
  const rest = all.slice(asked.length).map((one) => Object.keys(one).join());
  return (
    asked.some((one) => owned.test(JSON.stringify(one))) &&
    rest.every((word) => word === 'counter' || word === 'drop')
  );
}

/** True when a rule only refuses, in whatever chain, what comes in the name of a domain. */
function refusesOrigin(expressions: unknown): boolean {
  const [first, ...rest] = Array.isArray(expressions) ? (expressions as object[]) : [];
  const ends = rest.map((one) => Object.keys(one).join());
  return (
    ORIGIN.test(JSON.stringify(first ?? {})) &&
    ends.every((word) => ['counter', 'drop', 'goto'].includes(word))
  );
}
const ORIGIN =
  /^\{"match":\{"op":"==","left":\{"payload":\{"protocol":"ip6?","field":"saddr"\}\},"right":"@subnets6?"\}\}$/;

/** True when a rule does nothing but go on to a chain in which each rule looks at a card. */
function leadsToNarrow(objects: readonly NftObject[], { expr, family, table }: Rule): boolean {
  const verdict = Array.isArray(expr) ? (expr as Record<string, unknown>[]).at(-1) : undefined;
  const target = (verdict?.goto ?? verdict?.jump) as { readonly target?: unknown } | undefined;
  if (target?.target === undefined) return false;
  return objects.every(
    ({ rule }) =>
      !rule ||
      rule.family !== family ||
      rule.table !== table ||
      rule.chain !== target.target ||
      looksAtCard(rule.expr),
  );
}

/** True when a rule does nothing but keep a packet's source as it is. */
function keepsSource(expressions: unknown): boolean {
  const verdicts = (Array.isArray(expressions) ? (expressions as object[]) : []).filter(
    (one) => !('match' in one),
  );
  return ['ip', 'ip6'].some((family) => {
    const saddr = `{"payload":{"protocol":"${family}","field":"saddr"}}`;
    return JSON.stringify(verdicts) === `[{"snat":{"family":"${family}","addr":${saddr}}}]`;
  });
}

/** True when a rule only hands on what is related to a conversation, such as ICMP errors, and not the host's own. */
function looksAtErrors(expressions: unknown): boolean {
  const [first, second, third, ...more] = Array.isArray(expressions)
    ? (expressions as object[])
    : [];
  const elsewhere = { match: { op: '!=', left: { meta: { key: 'iifname' } }, right: 'lo' } };
  const related = { match: { op: 'in', left: { ct: { key: 'state' } }, right: 'related' } };
  return (
    JSON.stringify([first, second]) === JSON.stringify([elsewhere, related]) &&
    third !== undefined &&
    'jump' in third &&
    more.length === 0
  );
}

function tooWide(where: string): AnklumeError {
  return new AnklumeError({
    code: 'rules-too-wide',
    exit: ExitCode.usage,
    message: {
      en: `These rules would affect more than the domains (${where}). Nothing was loaded.`,
      fr: `Ces règles toucheraient plus que les domaines (${where}). Rien n'a été chargé.`,
    },
  });
}
