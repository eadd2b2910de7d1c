import { isOn, type KeyKind, keyKind, sizeFactor } from '../world/infra/index.ts';

/**
 * Whether two values of an Incus key mean the same to Incus. It keeps what it was sent (`"yes"` stays `"yes"`), so a
 * comparison by letters would see changes that are none; but only of keys that it reads as a flag, a size or a list.
 * Of all others, as environment.* and user.*, every letter counts. Absent and empty are the same to it.
 */
export function sameValue(kind: KeyKind, one: string | undefined, other: string | undefined) {
  const [a, b] = [one ?? '', other ?? ''];
  if (a === b) return true;
  if (a === '' || b === '') return false;
  switch (kind) {
    case 'flag':
      return isFlag(a) && isFlag(b) && isOn(a) === isOn(b);
    case 'number':
      return numberOf(a) !== undefined && numberOf(a) === numberOf(b);
    case 'size':
      return sizeOf(a) !== undefined && sizeOf(a) === sizeOf(b);
    case 'list':
      return listOf(a) === listOf(b);
    case 'text':
      return false;
  }
}

/** The same of a key of an object's configuration. */
export function sameConfig(key: string, one: string | undefined, other: string | undefined) {
  return sameValue(keyKind('config', key), one, other);
}

/** The same of a key of a device. */
export function sameOnDevice(key: string, one: string | undefined, other: string | undefined) {
  return sameValue(keyKind('device', key), one, other);
}

const OFF = new Set(['false', '0', 'no', 'off']);

function isFlag(value: string): boolean {
  return isOn(value) || OFF.has(value.toLowerCase());
}

function numberOf(value: string): bigint | undefined {
  return /^[+-]?\d{1,30}$/.test(value) ? BigInt(value.replace('+', '')) : undefined;
}

/** Bytes, or the number itself when there is no unit. */
function sizeOf(value: string): bigint | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,30})([A-Za-z]*)$/.exec(value) ?? [];
  const factor = digits === '' ? undefined : sizeFactor(unit);
  return factor === undefined ? undefined : BigInt(digits) * BigInt(factor);
}

/** Lists are separated by commas; spaces around their members mean nothing. */
function listOf(value: string): string {
  return value
    .split(',')
    .map((item) => item.trim())
    .join(',');
}
