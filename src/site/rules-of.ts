import { allowedFlows, renderRuleset } from '../isolation/index.ts';
import { withSteering } from '../isolation/vm/index.ts';
import type { Desired } from '../world/tree/index.ts';

/** The isolation rules of a world, as nft reads them, and as comments where the host hands packets over. */
export function rulesOf(desired: Desired): string {
  const model = allowedFlows(desired);
  return withSteering(renderRuleset(model), model.firewall);
}
