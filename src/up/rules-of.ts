import { withSteering } from '../firewall/index.ts';
import { allowedFlows, renderRuleset } from '../network/index.ts';
import type { Desired } from '../tree/index.ts';

/** The isolation rules of a world, as nft reads them, and as comments where the host hands packets over. */
export function rulesOf(desired: Desired): string {
  const model = allowedFlows(desired);
  return withSteering(renderRuleset(model), model.firewall);
}
