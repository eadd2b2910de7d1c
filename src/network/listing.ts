import type { Host } from '../system/index.ts';
import { onHost } from './nft.ts';

/** One object of `nft -j list`: a table, chain, rule, set or map. */
export type NftObject = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const TABLE = ['table', 'inet', 'anklume'] as const;

/** The objects of table `inet anklume` on the host, counters included; undefined when there is no such table. */
export async function readRules(host: Host): Promise<readonly NftObject[] | undefined> {
  return list(host, []);
}

/** The same without counters, so that it changes with the rules alone. */
export async function readStatelessRules(host: Host): Promise<readonly NftObject[] | undefined> {
  return list(host, ['-s']);
}

export async function hasTable(host: Host): Promise<boolean> {
  const { stdout } = await onHost(host, ['nft', 'list', 'tables', 'inet']);
  return stdout.split('\n').includes(TABLE.join(' '));
}

/**
 * How the kernel lists this text once loaded: tried in an empty network namespace that ends with
 * the command. nft lists rules only after the transaction that loads them, hence two commands, and
 * a shell (with fixed words) because the namespace lives no longer than one program.
 */
export async function rulesOfText(text: string, host: Host): Promise<readonly NftObject[]> {
  const script = 'nft -f - && exec nft -s -j list table inet anklume';
  const { stdout } = await onHost(host, ['unshare', '-n', 'sh', '-c', script], { input: text });
  return objects(stdout);
}

/** True when two listings without counters say the same. */
export function sameRules(a: readonly NftObject[], b: readonly NftObject[]): boolean {
  return normal(a) === normal(b);
}

async function list(
  host: Host,
  options: readonly string[],
): Promise<readonly NftObject[] | undefined> {
  if (!(await hasTable(host))) return undefined;
  return objects((await onHost(host, ['nft', ...options, '-j', 'list', ...TABLE])).stdout);
}

function objects(json: string): NftObject[] {
  return (JSON.parse(json) as { nftables: NftObject[] }).nftables;
}

/**
 * Handles count up with every load and mean nothing. Members of sets come in any order, and so do
 * sets, maps and chains when some were there before; rules keep their order within their chain.
 */
function normal(listing: readonly NftObject[]): string {
  const texts = listing.map((object) =>
    JSON.stringify(object, (name, value: unknown) => {
      if (name === 'handle') return undefined;
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
