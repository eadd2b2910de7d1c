import type { Host } from '../system/index.ts';
import type { Desired } from '../tree/index.ts';
import { type DropCounter, dropCounters } from './deployment/counters.ts';
import { isWatched, readPending } from './deployment/pending.ts';
import { allowedFlows } from './flows.ts';
import { type NftObject, readRules, rulesOfText, sameRules } from './listing.ts';
import { renderRuleset } from './ruleset.ts';

/** How the host's rules stand to the wanted world. Plain JSON. */
export interface NetworkStatus {
  /** `current`: exactly the wanted rules. `stale`: others. `absent`: none. */
  readonly state: 'current' | 'stale' | 'absent';
  readonly domains: readonly {
    readonly name: string;
    readonly bridge: string;
    /** False: the loaded rules do not know this domain, so it has no walls. */
    readonly covered: boolean;
  }[];
  /** Bridges that the loaded rules know and no wanted domain has. */
  readonly leftOver: readonly string[];
  /** Rules that drop, with what they have dropped since they were loaded. */
  readonly drops: readonly DropCounter[];
  /** A deployment that waits to be confirmed. */
  readonly pending?: {
    /** ISO 8601: when the rules before it come back. */
    readonly until: string;
    /** False: the process that would bring them back is gone. */
    readonly watched: boolean;
  };
}

/** Reads the host's rules and says which domains they cover. */
export async function networkStatus(desired: Desired, host: Host): Promise<NetworkStatus> {
  const objects = await readRules(host);
  const loaded = new Set(objects ? loadedBridges(objects) : []);
  const domains = desired.domains.map(({ name, network }) => ({
    name,
    bridge: network.name,
    covered: loaded.has(network.name),
  }));
  const wanted = new Set(domains.map(({ bridge }) => bridge));
  const text = renderRuleset(allowedFlows(desired));
  const isCurrent = objects && sameRules(objects, await rulesOfText(text, host));
  const state = !objects ? 'absent' : isCurrent ? 'current' : 'stale';
  const pending = await readPending(host);
  return {
    state,
    domains,
    leftOver: [...loaded].filter((bridge) => !wanted.has(bridge)).sort(),
    drops: dropCounters(objects ?? []),
    ...(pending && {
      pending: {
        until: new Date(Date.parse(pending.since) + pending.seconds * 1000).toISOString(),
        watched: await isWatched(pending),
      },
    }),
  };
}

function loadedBridges(objects: readonly NftObject[]): string[] {
  const elements = objects.find((object) => object.set?.name === 'bridges')?.set?.elem;
  return Array.isArray(elements) ? elements.filter((one) => typeof one === 'string') : [];
}
