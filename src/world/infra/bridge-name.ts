import { hash32 } from './hash.ts';

/** IFNAMSIZ less the closing zero: what the kernel takes as the name of an interface. */
const LONGEST_BRIDGE = 15;

/** Hexadecimal digits of the hash that tell shortened names apart. */
const DIGITS = 4;

/**
 * The bridge of each domain: `net-<domain>` behind the prefix when that fits, otherwise its head and four digits
 * of a hash of the whole. A name that fits never changes because of another; two shortened names that meet
 * are told apart by hashing again, in alphabetical order.
 */
export function bridgeNames(domains: readonly string[], prefix = ''): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  const taken = new Set<string>();
  const sorted = [...domains].sort();
  for (const domain of sorted) {
    const full = `${prefix}net-${domain}`;
    if (full.length > LONGEST_BRIDGE) continue;
    result.set(domain, full);
    taken.add(full);
  }
  for (const domain of sorted) {
    if (result.has(domain)) continue;
    let attempt = 0;
    let name = shortened(domain, prefix, attempt);
    while (taken.has(name)) name = shortened(domain, prefix, ++attempt);
    result.set(domain, name);
    taken.add(name);
  }
  return result;
}

function shortened(domain: string, prefix: string, attempt: number): string {
  const digits = hash32(`${domain}#${attempt}`).toString(16).padStart(8, '0').slice(0, DIGITS);
  const room = LONGEST_BRIDGE - prefix.length - 'net-'.length - DIGITS - 1;
  const head = domain.slice(0, Math.max(room, 0)).replace(/-+$/, '');
  return `${prefix}net-${head}${head ? '-' : ''}${digits}`;
}
