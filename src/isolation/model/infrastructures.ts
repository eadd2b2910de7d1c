import type { Host } from '../../base/system/index.ts';
import { type NftObject, readRuleset } from '../load/listing.ts';
import {
  FAMILIES,
  isOurs,
  isPolicyTable,
  ownerChain,
  ownerChainIn,
  TABLE,
} from '../load/tables.ts';
import { onHost } from '../rules/nft.ts';

/** The tables of one infrastructure on a host. */
export interface LoadedTable {
  readonly name: string;
  /** The chain by which it says whose it is; absent in those of earlier versions. */
  readonly owner?: string;
  readonly bridges: readonly string[];
  /** Names of NICs on the host that its rules know. */
  readonly ports: readonly string[];
}

/** What is loaded of ours, whoever deployed it. */
export interface LoadedTables {
  readonly infrastructures: readonly LoadedTable[];
  /** Names of all our tables, those that no infrastructure has included. */
  readonly names: ReadonlySet<string>;
}

/** Reads the names of our tables, whose they are, and what they speak of. */
export async function readInfrastructures(host: Host): Promise<LoadedTables> {
  return infrastructuresIn(await readRuleset(host));
}

/** The same from a listing of the whole ruleset. */
export function infrastructuresIn(listing: readonly NftObject[]): LoadedTables {
  const tables = listing.flatMap(({ table }) => (table ? [table] : []));
  const names = new Set(
    tables
      .filter(({ family, name }) => FAMILIES.some((one) => one === family) && isOurs(String(name)))
      .map(({ name }) => String(name)),
  );
  const owners = ownersIn(listing);
  const infrastructures = [...names].filter(isPolicyTable).map((name) => {
    const owner = owners.get(name);
    // What is lost of a table holds nothing: the part that keeps domains apart is that of the family inet.
    return {
      name,
      ...(owner !== undefined && { owner }),
      bridges: membersOf(listing, name, 'bridges'),
      ports: membersOf(listing, name, 'members'),
    };
  });
  return { infrastructures, names };
}

/** The name of an infrastructure's tables on a host; that of the first one where it has none. */
export async function tableNameOf(projectName: string, host: Host): Promise<string> {
  const { stdout } = await onHost(host, ['nft', '-j', 'list', 'chains']);
  const { nftables } = JSON.parse(stdout) as { nftables: NftObject[] };
  const wanted = ownerChain(projectName);
  const found = [...ownersIn(nftables)].find(([, owner]) => owner === wanted);
  return found?.[0] ?? TABLE;
}

function ownersIn(listing: readonly NftObject[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const { chain } of listing) {
    const owner = ownerChainIn(`\tchain ${String(chain?.name)} {`);
    if (owner !== undefined) owners.set(String(chain?.table), owner);
  }
  return owners;
}

/** A table of another version, or one that was changed by hand, may lack a set. */
function membersOf(listing: readonly NftObject[], table: string, name: string): string[] {
  const found = listing.find(
    ({ set }) => set?.family === 'inet' && set.table === table && set.name === name,
  );
  const elements = found?.set?.elem;
  return Array.isArray(elements) ? elements.filter((one) => typeof one === 'string') : [];
}
