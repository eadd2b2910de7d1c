import type { Host } from '../../base/system/index.ts';
import { type NftObject, tablesOn } from '../load/listing.ts';
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

/** Reads the names of our tables, whose they are, and what they speak of: none of their rules. */
export async function readInfrastructures(host: Host): Promise<LoadedTables> {
  const [tables, chains] = await Promise.all([
    tablesOn(host),
    onHost(host, ['nft', '-j', 'list', 'chains']),
  ]);
  const present = [...tables].map((table) => table.split(' '));
  const names = new Set(
    present.flatMap(([family, name = '']) =>
      FAMILIES.some((one) => one === family) && isOurs(name) ? [name] : [],
    ),
  );
  const owners = ownersIn(chains.stdout);
  const infrastructures = await Promise.all(
    [...names].filter(isPolicyTable).map(async (name) => {
      const owner = owners.get(name);
      // What is lost of a table holds nothing: the part that keeps domains apart is that of the family inet.
      const isWhole = tables.has(`inet ${name}`);
      const [bridges, ports] = await Promise.all(
        ['bridges', 'members'].map((set) => (isWhole ? members(host, name, set) : [])),
      );
      return {
        name,
        ...(owner !== undefined && { owner }),
        bridges: bridges ?? [],
        ports: ports ?? [],
      };
    }),
  );
  return { infrastructures, names };
}

/** The name of an infrastructure's tables on a host; that of the first one where it has none. */
export async function tableNameOf(projectName: string, host: Host): Promise<string> {
  const { stdout } = await onHost(host, ['nft', '-j', 'list', 'chains']);
  const wanted = ownerChain(projectName);
  const found = [...ownersIn(stdout)].find(([, owner]) => owner === wanted);
  return found?.[0] ?? TABLE;
}

function ownersIn(json: string): ReadonlyMap<string, string> {
  const { nftables } = JSON.parse(json) as { nftables: NftObject[] };
  const owners = new Map<string, string>();
  for (const { chain } of nftables) {
    const owner = ownerChainIn(`\tchain ${String(chain?.name)} {`);
    if (owner !== undefined) owners.set(String(chain?.table), owner);
  }
  return owners;
}

/** A table of another version, or one that was changed by hand, may lack a set. */
async function members(host: Host, table: string, set: string): Promise<string[]> {
  const words = ['nft', '-j', 'list', 'set', 'inet', table, set];
  const { code, stdout } = await onHost(host, words, { accept: [0, 1] });
  if (code !== 0) return [];
  const { nftables } = JSON.parse(stdout) as { nftables: NftObject[] };
  return nftables.flatMap((object) => {
    const elements = object.set?.elem;
    return Array.isArray(elements) ? elements.filter((one) => typeof one === 'string') : [];
  });
}
