import { parsePercent, parseSize } from './units.ts';

/** What the host keeps: a part of all it has, or an amount (processors, or bytes). */
export type Reserve = { readonly part: number } | { readonly amount: number };

const GIB = 2 ** 30;

/**
 * Reads `host_reserve.cpu` or `.memory`: a percentage, a positive number of processors or of GiB,
 * or for memory a size such as `4GiB`. Undefined when it is none of these.
 */
export function parseReserve(value: string | number, kind: 'cpu' | 'memory'): Reserve | undefined {
  if (typeof value === 'string') {
    const part = parsePercent(value);
    if (part !== undefined) return { part };
    const bytes = kind === 'memory' && /[A-Za-z]/.test(value) ? parseSize(value) : undefined;
    if (bytes !== undefined) return { amount: bytes };
    return /^\d{1,9}(\.\d{1,9})?$/.test(value) ? parseReserve(Number(value), kind) : undefined;
  }
  if (!Number.isFinite(value) || value <= 0) return undefined;
  return { amount: kind === 'memory' ? value * GIB : value };
}
