import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { GATEWAY_HOST } from './addressing.ts';
import type { Cidr6, Ipv6 } from './types.ts';

/**
 * The text as an IPv6 address in the one form of RFC 5952, which the kernel and Incus print too; undefined when it
 * is none. Zones (`%eth0`) are refused.
 */
export function parseIpv6(untrustedText: string): Ipv6 | undefined {
  if (!isIPv6(untrustedText) || /[%.]/.test(untrustedText)) return undefined;
  return shortest(untrustedText);
}

function shortest(address: string): Ipv6 {
  return new URL(`http://[${address}]`).hostname.slice(1, -1) as Ipv6;
}

/** The text as a network of 64 bits, `fd12:3456:789a:3::/64`; undefined when it is none. */
export function parseCidr6(untrustedText: string): Cidr6 | undefined {
  const [address = '', length, ...more] = untrustedText.split('/');
  const network = parseIpv6(address);
  if (!network || length !== '64' || more.length > 0) return undefined;
  return bitsOf(network) % 2n ** 64n === 0n ? (`${network}/64` as Cidr6) : undefined;
}

/** Whether an address belongs to a network of 64 bits, and is not its first one. */
export function isHostOf6(address: string, network: string): boolean {
  const [ip, subnet] = [parseIpv6(address), parseCidr6(network)];
  if (!ip || !subnet) return false;
  const difference = bitsOf(ip) - bitsOf(subnet.slice(0, -'/64'.length));
  return difference > 0n && difference < 2n ** 64n;
}

/** The 128 bits of an address that `parseIpv6` gave. */
export function bitsOf(ip: string): bigint {
  const [front = '', back] = ip.split('::');
  const groups = (text: string | undefined): string[] => (text ? text.split(':') : []);
  const [head, tail] = [groups(front), groups(back)];
  const middle = Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...middle, ...tail].reduce(
    (sum, group) => sum * 65536n + BigInt(`0x${group}`),
    0n,
  );
}

/** The address of 128 bits. */
export function ipv6Of(bits: bigint): Ipv6 {
  const digits = bits.toString(16).padStart(32, '0');
  return shortest((digits.match(/..../g) ?? []).join(':'));
}

/** Three groups that begin with fd: a private /48 of RFC 4193. */
export function isBase6(untrustedText: string): boolean {
  return /^fd[0-9a-f]{2}(:[0-9a-f]{1,4}){2}$/.test(untrustedText);
}

/**
 * The /48 of an infrastructure that writes none: 40 bits that follow from its name and its IPv4 base, so that two
 * infrastructures hardly ever share one and nothing moves from one run to the next.
 */
export function defaultBase6(projectName: string, base: string): string {
  const digits = createHash('sha256').update(`${projectName}/${base}`).digest('hex');
  const group = (at: number): string => digits.slice(at, at + 4).replace(/^0{1,3}/, '');
  return `fd${digits.slice(0, 2)}:${group(2)}:${group(6)}`;
}

/** The network of a domain and the address of its gateway. */
export function network6(base: string, group: string): { subnet: string; gateway: string } {
  return { subnet: `${base}:${group}::/64`, gateway: address6(base, group, GATEWAY_HOST) };
}

/** With the digits of the IPv4 address: 10.100.3.10 stands beside fd12:3456:789a:3::10. */
export function address6(base: string, group: string, host: number): string {
  return `${base}:${group}::${host}`;
}
