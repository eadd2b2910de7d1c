import { evaluate } from '../model/evaluate.ts';
import { type Decision, explain, type Packet } from '../model/explain.ts';
import type { FlowModel } from '../model/flows.ts';
import { asFrame, asSeenByKernel } from '../model/kernel-packet.ts';
import { CODES, type RuleCode } from './codes.ts';
import { guardFor } from './guard.ts';
import { commentText } from './rule-text.ts';
import type { Chain, Family, Rule, Ruleset } from './rules.ts';
import { hostRules } from './ruleset.ts';

/** The rule of a ruleset that ends the way of a packet. */
export interface Ruling {
  readonly family: Family;
  readonly chain: Chain;
  readonly rule: Rule & { readonly code: RuleCode };
  readonly verdict: 'accept' | 'drop';
  /** Which it is of those in its chain with the same comment. */
  readonly nth: number;
}

/**
 * What happens to a packet, with the rule that says so: absent for what the host itself sends, which no rule looks
 * at. The code of a decision is that of the rule. Where a domain is open within and a frame is held on its bridge all
 * the same, such as an answer of DHCP, the bridge decides.
 */
export function decide(
  model: FlowModel,
  packet: Packet,
): { readonly decision: Decision; readonly ruling?: Ruling } {
  const said = explain(model, packet);
  const ruling = rulingOn(model, packet);
  if (!ruling) return { decision: said };
  const { code } = ruling.rule;
  const allowed = ruling.verdict === 'accept';
  if (allowed === said.allowed) return { decision: { ...said, code }, ruling };
  return { decision: { allowed, code, text: CODES[code].text }, ruling };
}

/** On the bridge of the sender first: what is dropped there comes no further. */
function rulingOn(model: FlowModel, packet: Packet): Ruling | undefined {
  const frame = asFrame(model, packet);
  const bridge = guardFor(model);
  for (const hook of frame ? (['prerouting', frame.hook] as const) : []) {
    const held = frame && found(bridge, evaluate(bridge, { ...frame, hook }));
    if (held?.verdict === 'drop') return held;
  }
  const rules = hostRules(model);
  const seen = asSeenByKernel(model, packet);
  return seen && found(rules, evaluate(rules, seen));
}

function found(
  { family, chains }: Ruleset,
  { verdict, rule, chain: name }: ReturnType<typeof evaluate>,
): Ruling | undefined {
  const chain = chains.find((one) => one.name === name);
  if (!rule?.code || !chain) return undefined;
  const same = chain.rules.filter((one) => commentText(one) === commentText(rule));
  const decides = { ...rule, code: rule.code } as Ruling['rule'];
  return { family, chain, rule: decides, verdict, nth: same.indexOf(rule) };
}
