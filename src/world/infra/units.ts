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

/** Bytes of one unit of a size (`GiB`; nothing is bytes), or undefined when Incus knows no such suffix. */
export function sizeFactor(suffix: string): number | undefined {
  return Object.hasOwn(SIZES, suffix) ? SIZES[suffix] : undefined;
}

/** Bytes of a size as Incus writes it (`2GiB`, `500MB`, `1024`), or undefined. */
export function parseSize(text: string): number | undefined {
  const [, digits = '', suffix = ''] = /^(\d+)([A-Za-z]*)$/.exec(text) ?? [];
  const factor = sizeFactor(suffix);
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

/** The same the other way round: what switches a flag off, which an empty value does not. */
export function isOff(value: string | number | boolean | undefined): boolean {
  return ['false', '0', 'no', 'off'].includes(String(value ?? '').toLowerCase());
}

/**
 * A retention as infra.yml writes it (`30d`, `24h`, `60m`) in the words of Incus, whose small `m` is a month:
 * `30d`, `24H`, `60M`. Undefined when it is none.
 */
export function incusExpiry(text: string): string | undefined {
  const [, digits = '', unit = ''] = /^([1-9]\d{0,5})([dhm])$/.exec(text) ?? [];
  return digits === '' ? undefined : `${digits}${unit === 'd' ? 'd' : unit.toUpperCase()}`;
}

/** Seconds of a retention as infra.yml writes it, or undefined. */
export function expirySeconds(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,6})([dhm])$/.exec(text) ?? [];
  if (digits === '') return undefined;
  return Number(digits) * { d: 86_400, h: 3600, m: 60 }[unit as 'd' | 'h' | 'm'];
}

/** The same the other way round: what infra.yml writes for an expiry of Incus, or undefined. */
export function infraExpiry(text: string): string | undefined {
  const written = text.replace(/[HM]$/, (unit) => unit.toLowerCase());
  return incusExpiry(written) === text ? written : undefined;
}

/** How many processors a `limits.cpu` stands for: a number, or a set such as `0-3` or `0,2`. Undefined when it is neither. */
export function parseCpus(text: string): number | undefined {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  if (text.length > 200 || !/^\d{1,4}(-\d{1,4})?(,\d{1,4}(-\d{1,4})?)*$/.test(text))
    return undefined;
  const cpus = new Set<number>();
  for (const part of text.split(',')) {
    const [first = 0, last = first] = part.split('-').map(Number);
    if (last < first) return undefined;
    for (let cpu = first; cpu <= last; cpu++) cpus.add(cpu);
  }
  return text.includes(',') || text.includes('-') ? cpus.size : undefined;
}

/**
 * What a `limits.cpu.allowance` stands for: a part of all processors (`50%`), or a number of processors
 * (`25ms/100ms` is a quarter of one). Undefined when it is neither.
 */
export function parseAllowance(
  text: string,
): { readonly ofHost: number } | { readonly cpus: number } | undefined {
  // Incus takes whole percentages alone here.
  const part = /^\d+%$/.test(text) ? parsePercent(text) : undefined;
  if (part !== undefined) return part > 0 ? { ofHost: part } : undefined;
  const [, time = '', period = ''] = /^(\d{1,9})ms\/(\d{1,9})ms$/.exec(text) ?? [];
  return Number(time) > 0 && Number(period) > 0
    ? { cpus: Number(time) / Number(period) }
    : undefined;
}
