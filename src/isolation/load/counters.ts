import type { Text } from '../../base/messages/index.ts';
import { CODES, type RuleCode } from '../rules/codes.ts';
import { codeAt } from '../rules/rule-comments.ts';
import type { NftObject } from './listing.ts';

/** A rule that drops, and how much it has dropped since it was loaded. */
export interface DropCounter {
  readonly family: 'inet' | 'bridge';
  readonly table: string;
  readonly chain: string;
  /** Absent, with its meaning, for a rule by hand or of an earlier version. */
  readonly code?: RuleCode;
  readonly meaning?: Text;
  /** As it is loaded. */
  readonly comment: string;
  readonly packets: number;
  readonly bytes: number;
}

/** A rule that accepts, drops or refuses, as listed. */
interface ListedRule extends Omit<DropCounter, 'packets' | 'bytes' | 'meaning'> {
  readonly expr: readonly Readonly<Record<string, unknown>>[];
}

const DECIDES = ['accept', 'drop', 'reject'];

/** The counters of all rules that drop, in the order of the listing. */
export function dropCounters(objects: readonly NftObject[]): DropCounter[] {
  return decidingRules(objects).flatMap(({ expr, ...rule }) => {
    if (!expr.some((part) => 'drop' in part)) return [];
    const counter = expr.find((part) => 'counter' in part)?.counter;
    const { packets, bytes } = (counter ?? {}) as { packets?: number; bytes?: number };
    if (packets === undefined || bytes === undefined) return [];
    const { code } = rule;
    return [{ ...rule, ...(code && { meaning: CODES[code].text }), packets, bytes }];
  });
}

/** True for rules of a version that gave them no codes. */
export function lackCodes(objects: readonly NftObject[]): boolean {
  const rules = decidingRules(objects);
  return rules.length > 0 && rules.every(({ code }) => code === undefined);
}

function decidingRules(objects: readonly NftObject[]): ListedRule[] {
  return objects.flatMap(({ rule }) => {
    if (!rule || !Array.isArray(rule.expr)) return [];
    const expr = rule.expr as Readonly<Record<string, unknown>>[];
    if (!expr.some((part) => DECIDES.some((word) => word in part))) return [];
    const family = rule.family === 'bridge' ? 'bridge' : 'inet';
    const [chain, comment] = [String(rule.chain), String(rule.comment ?? '')];
    const code = codeAt(family, chain, comment);
    return [{ family, table: String(rule.table), chain, ...(code && { code }), comment, expr }];
  });
}
