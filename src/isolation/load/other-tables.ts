import { AnklumeError } from '../../base/messages/index.ts';
import { type Host, printable } from '../../base/system/index.ts';
import { onHost } from '../rules/nft.ts';
import { type NftObject, withoutPassing } from './listing.ts';
import { FAMILIES, TABLE } from './tables.ts';

/** Tables that are not ours, each by `FAMILY NAME`, as text that changes with their rules alone. */
export type OtherTables = ReadonlyMap<string, string>;

/** Everything in the host's nftables but our tables of these names: those of other infrastructures too. */
export async function readOtherTables(host: Host, ours: readonly string[]): Promise<OtherTables> {
  const { stdout } = await onHost(host, ['nft', '-s', '-j', 'list', 'ruleset']);
  const listed = JSON.parse(stdout) as { readonly nftables: readonly NftObject[] };
  return tablesIn(listed.nftables, ours);
}

/** The same for a listing. */
export function tablesIn(
  objects: readonly NftObject[],
  ours: readonly string[] = [TABLE],
): OtherTables {
  const own = new Set(ours.flatMap((name) => FAMILIES.map((family) => `${family} ${name}`)));
  const tables = new Map<string, string>();
  for (const object of withoutPassing(objects)) {
    const [kind = '', body] = Object.entries(object)[0] ?? [];
    if (kind === 'metainfo' || !body) continue;
    const name = `${String(body.family)} ${String(kind === 'table' ? body.name : body.table)}`;
    if (own.has(name)) continue;
    tables.set(name, `${tables.get(name) ?? ''}${kind} ${lasting(body)}\n`);
  }
  return tables;
}

/** The names of tables that came, went or changed. */
export function changedTables(before: OtherTables, after: OtherTables): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}

/** Without what counts, numbers or fills itself: packets, handles, and members that packets add. */
function lasting(body: Readonly<Record<string, unknown>>): string {
  const flags = Array.isArray(body.flags) ? body.flags : [];
  const fills = flags.includes('dynamic') || flags.includes('timeout');
  return JSON.stringify(body, (name, value: unknown) =>
    ['handle', 'packets', 'bytes'].includes(name) || (fills && name === 'elem') ? undefined : value,
  );
}

/** What is told when a deployment was taken back for it. Tables of others are theirs: they are left as they are. */
export function otherTablesChanged(names: readonly string[]): AnklumeError {
  const shown = names.slice(0, 10).map(printable).join(', ');
  return new AnklumeError({
    code: 'other-tables-changed',
    message: {
      en: `While the rules were loaded, tables that are not anklume's changed: ${shown}. The previous rules are in force again.`,
      fr: `Pendant le chargement des règles, des tables qui ne sont pas à anklume ont changé : ${shown}. Les règles précédentes sont de nouveau en vigueur.`,
    },
    remedy: {
      en: "Look at them with 'nft list table'. If another program changed them at that moment, run the same command again.",
      fr: 'Regardez-les avec « nft list table ». Si un autre programme les a modifiées à cet instant, relancez la même commande.',
    },
  });
}
