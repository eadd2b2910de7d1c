import { sizeFactor } from '../infra/index.ts';

const YES = new Set(['true', 'yes', '1', 'on']);
const NO = new Set(['false', 'no', '0', 'off']);

/**
 * Whether two values of an Incus key mean the same. Incus keeps what it was sent (`"yes"` stays `"yes"`),
 * so a comparison by letters would see changes that are none. Absent and empty are the same to Incus.
 */
export function sameValue(one: string | undefined, other: string | undefined): boolean {
  const a = (one ?? '').trim();
  const b = (other ?? '').trim();
  if (a === b) return true;
  if (a === '' || b === '') return false;
  const truth = truthOf(a);
  if (truth !== undefined && truth === truthOf(b)) return true;
  const size = sizeOf(a);
  if (size !== undefined && size === sizeOf(b)) return true;
  return listOf(a) === listOf(b);
}

function truthOf(value: string): boolean | undefined {
  const word = value.toLowerCase();
  if (YES.has(word)) return true;
  return NO.has(word) ? false : undefined;
}

/** Bytes, or the number itself when there is no unit. */
function sizeOf(value: string): number | undefined {
  const match = /^(\d+)\s*([A-Za-z]*)$/.exec(value);
  if (!match) return undefined;
  const unit = sizeFactor(match[2] ?? '');
  return unit === undefined ? undefined : Number(match[1]) * unit;
}

/** Lists are separated by commas; spaces around them mean nothing. */
function listOf(value: string): string {
  return value
    .split(',')
    .map((item) => item.trim())
    .join(',');
}
