import type { Host } from '../system/index.ts';
import { onHost } from './nft.ts';
import type { Family } from './rules.ts';
import { inScratchSpace } from './scratch-space.ts';

/** One object of `nft -j list`: a table, chain, rule, set or map. */
export type NftObject = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The families in which there is a table `anklume`. */
export const FAMILIES: readonly Family[] = ['inet', 'bridge'];

/** The objects of our tables on the host, counters included; undefined when there is no such table. */
export async function readRules(host: Host): Promise<readonly NftObject[] | undefined> {
  return list(host, []);
}

/** The same without counters, so that it changes with the rules alone. */
export async function readStatelessRules(host: Host): Promise<readonly NftObject[] | undefined> {
  return list(host, ['-s']);
}

/** The families of our tables that the host has. */
export async function presentFamilies(host: Host): Promise<Family[]> {
  const { stdout } = await onHost(host, ['nft', 'list', 'tables']);
  const tables = new Set(stdout.split('\n'));
  return FAMILIES.filter((family) => tables.has(`table ${family} anklume`));
}

/** How the kernel lists this text once loaded: tried in an empty network namespace. */
export function rulesOfText(text: string, host: Host): Promise<readonly NftObject[]> {
  return inScratchSpace(host, async (scratch) => {
    await onHost(scratch, ['nft', '-f', '-'], { input: text });
    return (await list(scratch, ['-s'])) ?? [];
  });
}

/** True when two listings say the same; what has been counted does not matter. */
export function sameRules(a: readonly NftObject[], b: readonly NftObject[]): boolean {
  return normal(a) === normal(b);
}

async function list(
  host: Host,
  options: readonly string[],
): Promise<readonly NftObject[] | undefined> {
  const tried = await Promise.allSettled(
    FAMILIES.map((family) =>
      onHost(host, ['nft', ...options, '-j', 'list', 'table', family, 'anklume']),
    ),
  );
  // To nft, a table that is not there is an error like one that cannot be read.
  const isWhole = tried.every(({ status }) => status === 'fulfilled');
  const present = isWhole ? FAMILIES : await presentFamilies(host);
  if (present.length === 0) return undefined;
  return tried.flatMap((one, at) => {
    if (!present.some((family) => family === FAMILIES[at])) return [];
    if (one.status === 'rejected') throw one.reason;
    return objects(one.value.stdout);
  });
}

function objects(json: string): NftObject[] {
  const { nftables } = JSON.parse(json) as { nftables: NftObject[] };
  return nftables.filter((object) => !('metainfo' in object));
}

/**
 * Handles count up with every load and mean nothing. Members of sets come in any order, and so do
 * sets, maps and chains when some were there before; rules keep their order within their chain.
 */
function normal(listing: readonly NftObject[]): string {
  const texts = listing.map((object) =>
    JSON.stringify(object, (name, value: unknown) => {
      if (name === 'handle') return undefined;
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
