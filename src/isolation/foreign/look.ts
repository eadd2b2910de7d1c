import type { Host } from '../../base/system/index.ts';
import type { NftObject } from '../load/listing.ts';
import { BOOT_TABLE, CLOSED_TABLE } from '../load/tables.ts';
import type { FlowModel } from '../model/flows.ts';
import { tableNameOf } from '../model/infrastructures.ts';
import { onHost } from '../rules/nft.ts';
import type { ForeignChain } from './chains.ts';
import { type ForeignRules, judgeForeign } from './judge.ts';
import { readForeignChains } from './read-nft.ts';

/** What nft lists of a host that is not ours. */
export interface ForeignListing {
  readonly objects: readonly NftObject[];
  readonly chains: readonly ForeignChain[];
}

/** What of a look at the kernel decides how chains are judged. */
export interface KernelSide {
  readonly older: readonly ForeignChain[];
  readonly uplinks: readonly string[];
  readonly bridged: boolean;
}

/**
 * Reads all of a host's tables but those of one infrastructure and what is closed for all, whose rules are compared
 * with the wanted ones. Tables of other infrastructures are read like any: a name makes nobody trusted.
 */
export async function listForeign(host: Host, projectName: string): Promise<ForeignListing> {
  const [json, text, table] = await Promise.all([
    onHost(host, ['nft', '-j', 'list', 'ruleset']),
    onHost(host, ['nft', '-a', 'list', 'ruleset']),
    tableNameOf(projectName, host),
  ]);
  const own = new Set([table, CLOSED_TABLE, BOOT_TABLE]);
  const { nftables } = JSON.parse(json.stdout) as { readonly nftables: readonly NftObject[] };
  return { objects: nftables, chains: readForeignChains(nftables, text.stdout, own) };
}

/** Rules of others that close what should be open, or divert what is ours. */
export function foreignRules(
  model: FlowModel,
  { objects, chains }: ForeignListing,
  { older, uplinks, bridged }: KernelSide,
): ForeignRules[] {
  const offloaded = offloadedOf(objects);
  return judgeForeign(model, [...chains, ...older], {
    ...{ offloaded, uplinks: new Set(uplinks), bridged },
  });
}

/** Interfaces whose conversations a flow table takes past the rules. */
function offloadedOf(objects: readonly NftObject[]): ReadonlySet<string> {
  return new Set(
    objects.flatMap(({ flowtable }) => {
      if (!flowtable) return [];
      const devices = flowtable.dev;
      return Array.isArray(devices) ? devices.map(String) : [String(devices ?? '')];
    }),
  );
}
