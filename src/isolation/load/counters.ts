import type { NftObject } from './listing.ts';

/** A rule that drops, and how much it has dropped since it was loaded. */
export interface DropCounter {
  readonly chain: string;
  readonly comment: string;
  readonly packets: number;
  readonly bytes: number;
}

/** The counters of all rules that drop, in the order of the listing. */
export function dropCounters(objects: readonly NftObject[]): DropCounter[] {
  return objects.flatMap(({ rule }) => {
    if (!rule || !Array.isArray(rule.expr)) return [];
    const parts = rule.expr as Readonly<Record<string, unknown>>[];
    if (!parts.some((part) => 'drop' in part)) return [];
    const counter = parts.find((part) => 'counter' in part)?.counter;
    const { packets, bytes } = (counter ?? {}) as { packets?: number; bytes?: number };
    if (packets === undefined || bytes === undefined) return [];
    return [{ chain: String(rule.chain), comment: String(rule.comment ?? ''), packets, bytes }];
  });
}
