import type { Host } from '../system/index.ts';
import type { Desired } from '../tree/index.ts';
import { areLoaded } from './deploy.ts';
import { allowedFlows } from './flows.ts';
import { type NftObject, readRules } from './listing.ts';
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
  const state = !objects ? 'absent' : (await areLoaded(text, host)) ? 'current' : 'stale';
  return { state, domains, leftOver: [...loaded].filter((bridge) => !wanted.has(bridge)).sort() };
}

function loadedBridges(objects: readonly NftObject[]): string[] {
  const elements = objects.find((object) => object.set?.name === 'bridges')?.set?.elem;
  return Array.isArray(elements) ? elements.filter((one) => typeof one === 'string') : [];
}
