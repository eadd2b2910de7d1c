import { ipv4Range, octetsOf } from '../../base/system/index.ts';
import type { BridgeName, Cidr, DomainName, Ipv4, MachineName } from './types.ts';

/** Longest name that Incus takes for an instance. */
export const LONGEST_NAME = 63;

const NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** Lower-case letters, digits and inner hyphens, 1 to 63 characters. */
export function isName(untrustedText: string): boolean {
  return untrustedText.length <= LONGEST_NAME && NAME.test(untrustedText);
}

/** The text as a domain name, or undefined when it cannot be one. */
export function parseDomainName(untrustedText: string): DomainName | undefined {
  return isName(untrustedText) ? (untrustedText as DomainName) : undefined;
}

/** The text as a machine name, or undefined when it cannot be one: Incus refuses a bare number. */
export function parseMachineName(untrustedText: string): MachineName | undefined {
  return isName(untrustedText) && !/^\d+$/.test(untrustedText)
    ? (untrustedText as MachineName)
    : undefined;
}

/** The text as an IPv4 address without leading zeros, or undefined. */
export function parseIpv4(untrustedText: string): Ipv4 | undefined {
  return octetsOf(untrustedText) ? (untrustedText as Ipv4) : undefined;
}

/** The text as a network in CIDR form, or undefined. */
export function parseCidr(untrustedText: string): Cidr | undefined {
  const valid = untrustedText.includes('/') && ipv4Range(untrustedText);
  return valid ? (untrustedText as Cidr) : undefined;
}

/** The text as the name of a bridge, or undefined: the kernel takes 15 characters. */
export function parseBridgeName(untrustedText: string): BridgeName | undefined {
  return /^[a-z0-9][a-z0-9-]{0,13}[a-z0-9]$/.test(untrustedText)
    ? (untrustedText as BridgeName)
    : undefined;
}

/** The value that a check before has made certain; anything else is our own mistake. */
export function certain<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`unchecked value reached the resolver: ${what}`);
  return value;
}
