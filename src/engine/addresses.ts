import { ipv4Overlap, ipv4Range } from '../base/system/index.ts';

/** Range of an IPv4 network in CIDR notation, as numbers; undefined for anything else (`none`, `auto`, IPv6). */
export function rangeOf(cidr: string | undefined): { first: number; last: number } | undefined {
  const range = cidr?.includes('/') ? ipv4Range(cidr) : undefined;
  return range && { first: range.first, last: range.last };
}

/** Whether two IPv4 networks share an address. */
export function overlap(one: string | undefined, other: string | undefined): boolean {
  const a = rangeOf(one);
  const b = rangeOf(other);
  return a !== undefined && b !== undefined && ipv4Overlap(a, b);
}
