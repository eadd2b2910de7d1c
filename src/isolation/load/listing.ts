import type { Host } from '../../base/system/index.ts';
import { onHost } from '../rules/nft.ts';
import type { Family } from '../rules/rules.ts';
import { inScratchSpace } from './scratch-space.ts';
import { FAMILIES, TABLE, tablesOf } from './tables.ts';

/** How the name of the chain begins that is a mark; see loaded-mark.ts. */
export const LOADED = 'loaded/';

/** One object of `nft -j list`: a table, chain, rule, set or map. */
export type NftObject = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The objects of tables of these names on the host, counters included; undefined when there is no such table. */
export async function readRules(
  host: Host,
  names: readonly string[] = [TABLE],
): Promise<readonly NftObject[] | undefined> {
  return list(host, [], names);
}

/** The same without counters, so that it changes with the rules alone. */
export async function readStatelessRules(
  host: Host,
  names: readonly string[] = [TABLE],
): Promise<readonly NftObject[] | undefined> {
  return list(host, ['-s'], names);
}

/** Everything in the host's nftables, by one listing, counters included. */
export async function readRuleset(host: Host): Promise<readonly NftObject[]> {
  return objects((await onHost(host, ['nft', '-j', 'list', 'ruleset'])).stdout);
}

/** Whether an object is a table of this name in a family of ours, or stands in one. */
export function inTable(name: string): (object: NftObject) => boolean {
  return (object) =>
    Object.entries(object).some(
      ([kind, body]) =>
        FAMILIES.some((family) => family === body.family) &&
        (kind === 'table' ? body.name : body.table) === name,
    );
}

/** All tables of the host, as `FAMILY NAME`. */
export async function tablesOn(host: Host): Promise<ReadonlySet<string>> {
  const { stdout } = await onHost(host, ['nft', 'list', 'tables']);
  return new Set(stdout.split('\n').map((line) => line.replace(/^table /, '')));
}

/** The families in which the host has a table of this name. */
export async function presentFamilies(host: Host, name: string = TABLE): Promise<Family[]> {
  const tables = await tablesOn(host);
  return FAMILIES.filter((family) => tables.has(`${family} ${name}`));
}

/** How the kernel lists this text once loaded: tried in an empty network namespace. */
export function rulesOfText(text: string, host: Host): Promise<readonly NftObject[]> {
  return inScratchSpace(host, async (scratch) => {
    await onHost(scratch, ['nft', '-f', '-'], { input: text });
    return (await list(scratch, ['-s'], tablesOf(text))) ?? [];
  });
}

/** True when two listings say the same; what has been counted does not matter. */
export function sameRules(a: readonly NftObject[], b: readonly NftObject[]): boolean {
  return normal(a) === normal(b);
}

/** True when two listings do the same to every packet, whatever they say about it in comments and to the log. */
export function sameEffect(a: readonly NftObject[], b: readonly NftObject[]): boolean {
  const words = ['comment', 'prefix'];
  return normal(a, words) === normal(b, words);
}

async function list(
  host: Host,
  options: readonly string[],
  names: readonly string[],
): Promise<readonly NftObject[] | undefined> {
  const wanted = names.flatMap((name) => FAMILIES.map((family) => ({ family, name })));
  const tried = await Promise.allSettled(
    wanted.map(({ family, name }) =>
      onHost(host, ['nft', ...options, '-j', 'list', 'table', family, name]),
    ),
  );
  // To nft, a table that is not there is an error like one that cannot be read.
  const isWhole = tried.every(({ status }) => status === 'fulfilled');
  const present = isWhole ? undefined : await tablesOn(host);
  const listings = tried.flatMap((one, at) => {
    const { family, name } = wanted[at] ?? {};
    if (present && !present.has(`${family} ${name}`)) return [];
    if (one.status === 'rejected') throw one.reason;
    return [objects(one.value.stdout)];
  });
  return listings.length === 0 ? undefined : listings.flat();
}

function objects(json: string): NftObject[] {
  const { nftables } = JSON.parse(json) as { nftables: NftObject[] };
  return withoutPassing(nftables.filter((object) => !('metainfo' in object)));
}

/**
 * What the kernel puts into sets while packets pass is none of the rules. Such a set is known by a rule that puts
 * something into it: it does not say so itself, as nft 1.0.6 lists no flag `dynamic`.
 */
export function withoutPassing(listing: readonly NftObject[]): NftObject[] {
  const filled = new Set(listing.flatMap(({ rule }) => (rule ? filledBy(rule) : [])));
  return listing.map((object) => {
    if (!object.set || !filled.has(placeOf(object.set, object.set.name))) return object;
    const { elem: _, ...set } = object.set;
    return { ...object, set };
  });
}

type Body = Readonly<Record<string, unknown>>;

function filledBy(rule: Body): string[] {
  const all = Array.isArray(rule.expr) ? (rule.expr as { readonly set?: { set?: unknown } }[]) : [];
  return all.flatMap(({ set }) =>
    typeof set?.set === 'string' ? [placeOf(rule, set.set.slice(1))] : [],
  );
}

function placeOf({ family, table }: Body, name: unknown): string {
  return [family, table, name].map(String).join(' ');
}

/**
 * Handles count up with every load and mean nothing. Members of sets come in any order, and so do
 * sets, maps and chains when some were there before; rules keep their order within their chain. The mark by which a
 * table says what it was loaded from (loaded-mark.ts) is none of the rules.
 */
export function normal(listing: readonly NftObject[], left: readonly string[] = []): string {
  const stated = listing.filter(({ chain }) => !String(chain?.name ?? '').startsWith(LOADED));
  const texts = stated.map((object) =>
    JSON.stringify(object, (name, value: unknown) => {
      if (name === 'handle') return undefined;
      // The prefix of a log is words, that of a subnet an object.
      if (left.includes(name) && typeof value === 'string') return undefined;
      // As `nft -s` lists it.
      if (name === 'counter' && isCount(value)) return null;
      if (name === 'elem' && Array.isArray(value))
        return value.map((element) => JSON.stringify(element)).sort();
      return value;
    }),
  );
  const order = (text: string): string => text.match(/^\{"rule":.*?"chain":"[^"]*"/)?.[0] ?? text;
  return texts
    .map((text, index) => ({ text, index, key: order(text) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.index - b.index))
    .map(({ text }) => text)
    .join('\n');
}

function isCount(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'packets' in value;
}
