import type { Family } from '../rules/rules.ts';
import type { NftObject } from './listing.ts';
import { FAMILIES, tablesOf } from './tables.ts';

/** A named set or map with its members, as listed. */
interface Collection {
  readonly family: Family;
  readonly table: string;
  readonly kind: 'set' | 'map';
  readonly name: string;
  readonly types: readonly string[];
  readonly elements: readonly unknown[];
}

/**
 * A transaction that turns the loaded rules into the wanted ones and touches no member that stays.
 *
 * Deleting the table and making it anew is atomic too, but not for a packet that is on its way
 * through the old rules at that moment: the kernel has already emptied the old verdict maps, so a
 * packet that a policy allows finds nothing there and is dropped. In a hundred replacements under
 * traffic that was one packet.
 */
export function updateText(
  text: string,
  current: readonly NftObject[],
  wanted: readonly NftObject[],
): string {
  const kept = new Map(collections(wanted).map((one) => [nameOf(one), one]));
  const keptChains = new Set(chains(wanted));
  const [before, after] = [tablesIn(current), statedIn(text)];
  const present = tablesOf(text)
    .flatMap((name) => FAMILIES.map((family) => `${family} ${name}`))
    .filter((table) => before.has(table));
  const lines = present.map((table) => `${after.has(table) ? 'flush' : 'delete'} table ${table}`);
  const gone: string[] = [];
  for (const one of collections(current)) {
    if (!after.has(tableOf(one))) continue;
    const next = kept.get(nameOf(one));
    const stale = staleElements(one, next?.elements ?? []);
    if (stale.length > 0) lines.push(`delete element ${nameOf(one)} { ${stale.join(', ')} }`);
    if (!next) gone.push(`delete ${one.kind} ${nameOf(one)}`);
  }
  for (const name of chains(current))
    if (!keptChains.has(name) && after.has(name.split(' ').slice(0, 2).join(' ')))
      gone.push(`delete chain ${name}`);
  const keptTimeouts = new Set(timeouts(wanted));
  for (const name of timeouts(current))
    if (!keptTimeouts.has(name) && after.has(name.split(' ').slice(0, 2).join(' ')))
      gone.push(`delete ct timeout ${name}`);
  return [...lines, ...gone, body(text)].join('\n');
}

/** The text without the lines that empty the tables. */
function body(text: string): string {
  return text.replace(/^(delete )?table (inet|bridge) \S+\n/gm, '');
}

/** Tables that a text does more than clear, as `FAMILY NAME`. */
function statedIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^table (\S+ \S+) \{/gm)].map(([, table]) => table ?? ''));
}

/** Tables of a listing, as `FAMILY NAME`. */
function tablesIn(listing: readonly NftObject[]): ReadonlySet<string> {
  return new Set(
    listing.flatMap(({ table }) =>
      table ? [`${String(table.family)} ${String(table.name)}`] : [],
    ),
  );
}

interface InTable {
  readonly family: string;
  readonly table: string;
}

function tableOf({ family, table }: InTable): string {
  return `${family} ${table}`;
}

function nameOf(one: InTable & { readonly name: string }): string {
  return `${tableOf(one)} ${one.name}`;
}

function chains(listing: readonly NftObject[]): string[] {
  return listing.flatMap(({ chain }) =>
    typeof chain?.name === 'string'
      ? [nameOf({ family: familyOf(chain), table: String(chain.table), name: chain.name })]
      : [],
  );
}

function timeouts(listing: readonly NftObject[]): string[] {
  return listing.flatMap(({ 'ct timeout': listed }) =>
    typeof listed?.name === 'string'
      ? [nameOf({ family: familyOf(listed), table: String(listed.table), name: listed.name })]
      : [],
  );
}

function collections(listing: readonly NftObject[]): Collection[] {
  return listing.flatMap((object) => {
    const kind = object.map ? 'map' : 'set';
    const listed = object[kind] ?? {};
    const { name, type, elem } = listed;
    if (typeof name !== 'string') return [];
    const types = Array.isArray(type) ? type : [type];
    const elements = Array.isArray(elem) ? elem : [];
    const table = String(listed.table);
    return [{ family: familyOf(listed), table, kind, name, types, elements } as const];
  });
}

function familyOf(listed: Readonly<Record<string, unknown>>): Family {
  return listed.family === 'bridge' ? 'bridge' : 'inet';
}

/** Keys of members that go away or that lead elsewhere. */
function staleElements(one: Collection, wanted: readonly unknown[]): string[] {
  const stay = new Set(wanted.map((element) => JSON.stringify(element)));
  return one.elements
    .filter((element) => !stay.has(JSON.stringify(element)))
    .map((element) => keyText(one, one.kind === 'map' ? firstOf(element) : element));
}

function keyText(one: Collection, key: unknown): string {
  const parts = isConcatenation(key) ? key.concat : [key];
  return parts
    .map((part, index) => (one.types[index] === 'ifname' ? `"${String(part)}"` : partText(part)))
    .join(' . ');
}

/** A plain value, or a subnet. */
function partText(part: unknown): string {
  const { prefix } = typeof part === 'object' && part !== null ? (part as Prefixed) : {};
  return prefix ? `${prefix.addr}/${prefix.len}` : String(part);
}

interface Prefixed {
  readonly prefix?: { readonly addr: string; readonly len: number };
}

function firstOf(element: unknown): unknown {
  return Array.isArray(element) ? element[0] : element;
}

function isConcatenation(key: unknown): key is { readonly concat: readonly unknown[] } {
  return typeof key === 'object' && key !== null && 'concat' in key && Array.isArray(key.concat);
}
