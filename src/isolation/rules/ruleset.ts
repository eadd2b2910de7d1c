import { clearing, ownerChain, TABLE } from '../load/tables.ts';
import type { FlowModel } from '../model/flows.ts';
import { once } from '../model/once.ts';
import { guardFor } from './guard.ts';
import { block, mapText, ruleText, setText, timeoutText } from './rule-text.ts';
import type { Chain, Family, Ruleset } from './rules.ts';
import { throughFirewall } from './through-firewall.ts';
import { wallsFor } from './walls.ts';

/**
 * Right before Incus's own chains, which hook at 0, on bridges at -200, and accept what crosses their bridges.
 * An accept here only hands the packet on to them; a drop is final.
 */
const PRIORITY: Readonly<Record<Family, number>> = { inet: -1, bridge: -201 };
/** Before the kernel puts fragments together (-400): it answers those of which the rest does not come. */
const BEFORE_ALL = -450;
/** Incus masquerades at 100. */
const BEFORE_MASQUERADE = 99;

/**
 * The ruleset for a model, as nft reads it, made once for each: one transaction that replaces the tables `anklume` and
 * nothing else.
 */
export const renderRuleset: (model: FlowModel) => string = once(textOf);

function textOf(model: FlowModel): string {
  const owner: Chain = { name: ownerChain(model.projectName), rules: [] };
  const rulesets = [hostRules(model), guardFor(model)].map((one) => ({
    ...one,
    chains: [owner, ...one.chains],
  }));
  return [...clearing([TABLE]), ...rulesets.map(tableText), ''].join('\n');
}

/** Table `inet anklume` of a world, whichever way its domains reach each other. */
export function hostRules(model: FlowModel): Ruleset {
  const walls = wallsFor(model);
  return model.firewall ? throughFirewall(walls, model.firewall) : walls;
}

/** One table as nft reads it, without what clears the old one. */
export function tableText(ruleset: Ruleset): string {
  const blocks = [
    ...(ruleset.timeouts ?? []).map(timeoutText),
    ...ruleset.sets.map(setText),
    ...ruleset.maps.map(mapText),
    ...ruleset.chains.map((chain) => chainText(chain, ruleset.family)),
  ];
  return [`table ${ruleset.family} ${ruleset.name ?? TABLE} {`, blocks.join('\n'), '}'].join('\n');
}

function chainText(chain: Chain, family: Family): string {
  const hook = chain.hook ? [hookText(chain, family)] : [];
  return block(`chain ${chain.name}`, [...hook, ...chain.rules.map(ruleText)]);
}

function hookText({ hook, policy, firstPackets }: Chain, family: Family): string {
  const type = firstPackets ? 'nat' : 'filter';
  const own = family === 'inet' && hook === 'prerouting' ? BEFORE_ALL : PRIORITY[family];
  const priority = firstPackets ? BEFORE_MASQUERADE : own;
  return `type ${type} hook ${hook} priority ${priority}; policy ${policy ?? 'accept'};`;
}
