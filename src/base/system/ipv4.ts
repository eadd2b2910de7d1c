/** Addresses and networks of IPv4 as numbers. Every text here may come from outside; what is none gives undefined. */

const OCTET = /^(0|[1-9]\d{0,2})$/;

/** The four numbers of a dotted quad. A leading zero makes it none: some programs read it as octal. */
export function octetsOf(untrustedText: string): readonly number[] | undefined {
  const parts = untrustedText.split('.');
  if (parts.length !== 4 || !parts.every((part) => OCTET.test(part))) return undefined;
  const numbers = parts.map(Number);
  return numbers.every((number) => number <= 255) ? numbers : undefined;
}

/** The 32 bits of a dotted quad as a number. */
export function ipv4Number(untrustedText: string): number | undefined {
  return octetsOf(untrustedText)?.reduce((sum, octet) => sum * 256 + octet, 0);
}

/** The dotted quad of a number from 0 to 2^32 - 1. */
export function ipv4Text(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

/** A network, or the network around an address: `10.1.2.3/24` is 10.1.2.0 to 10.1.2.255. */
export interface Ipv4Range {
  readonly first: number;
  readonly last: number;
  /** Of its prefix, 0 to 32. */
  readonly length: number;
}

/** The range of a text in CIDR form; an address alone is a range of one. */
export function ipv4Range(untrustedText: string): Ipv4Range | undefined {
  const [address = '', prefix = '32', ...more] = untrustedText.split('/');
  const number = ipv4Number(address);
  if (number === undefined || more.length > 0 || !/^(\d|[12]\d|3[0-2])$/.test(prefix))
    return undefined;
  const length = Number(prefix);
  const size = 2 ** (32 - length);
  const first = number - (number % size);
  return { first, last: first + size - 1, length };
}

export function ipv4Overlap(
  one: Pick<Ipv4Range, 'first' | 'last'>,
  other: Pick<Ipv4Range, 'first' | 'last'>,
): boolean {
  return one.first <= other.last && other.first <= one.last;
}
