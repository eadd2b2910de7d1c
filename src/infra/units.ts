/** Suffixes that Incus takes for sizes, and their factors. */
const SIZES: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  PB: 1e15,
  EB: 1e18,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  PiB: 2 ** 50,
  EiB: 2 ** 60,
};

/** Bytes of a size as Incus writes it (`2GiB`, `500MB`, `1024`), or undefined. */
export function parseSize(text: string): number | undefined {
  const [, digits = '', suffix = ''] = /^(\d+)\s?([A-Za-z]*)$/.exec(text.trim()) ?? [];
  const factor = Object.hasOwn(SIZES, suffix) ? SIZES[suffix] : undefined;
  if (digits === '' || factor === undefined) return undefined;
  const bytes = Number(digits) * factor;
  return bytes > 0 ? bytes : undefined;
}

/** The fraction that a percentage stands for (`20%` is 0.2), or undefined. */
export function parsePercent(text: string): number | undefined {
  const [, digits = ''] = /^(\d{1,9}(?:\.\d{1,9})?)\s?%$/.exec(text.trim()) ?? [];
  return digits === '' ? undefined : Number(digits) / 100;
}

/** Incus's own reading of a flag in a configuration value. */
export function isOn(value: string | number | boolean | undefined): boolean {
  return ['true', '1', 'yes', 'on'].includes(String(value ?? '').toLowerCase());
}

/**
 * A retention as infra.yml writes it (`30d`, `24h`, `60m`) in the words of Incus, whose small `m` is a month:
 * `30d`, `24H`, `60M`. Undefined when it is none.
 */
export function incusExpiry(text: string): string | undefined {
  const [, digits = '', unit = ''] = /^([1-9]\d{0,5})([dhm])$/.exec(text) ?? [];
  return digits === '' ? undefined : `${digits}${unit === 'd' ? 'd' : unit.toUpperCase()}`;
}
