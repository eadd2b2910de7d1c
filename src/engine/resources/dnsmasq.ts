import type { DesiredDomain } from '../../world/tree/index.ts';

/** What the program behind a bridge's DHCP and DNS gives to strangers, or tells of the host, unless it is told not to. */
const EVERYWHERE = [
  // Only NICs of instances get an address: Incus lists each when it starts, also those of machines made by hand.
  'dhcp-ignore=tag:!known',
  // Names come from Incus, never from who asks for an address.
  'dhcp-ignore-names',
  // Who asks is known by MAC, which our rules pin: an identifier that anyone may name releases nothing of others.
  'dhcp-ignore-clid',
  // The host's names and addresses, from its /etc/hosts or from a resolver of its own that is asked in turn.
  'no-hosts',
  'domain-needed',
  'bogus-priv',
  // Version, size of the cache, and the servers that are asked in turn.
  'no-ident',
];
/** Names, and data in them, would be carried to servers outside. */
const NO_INTERNET = 'no-resolv';
/** Names of the networks around the host have addresses there. */
const NO_LAN = 'stop-dns-rebind';

type Reach = Pick<DesiredDomain, 'internet' | 'lan'>;

/** The value of `raw.dnsmasq` for a domain's bridge. */
export function dnsmasqConfig({ internet, lan }: Reach): string {
  const lines = [...EVERYWHERE, ...(internet ? [] : [NO_INTERNET]), ...(lan ? [] : [NO_LAN])];
  return lines.join('\n');
}

/** What a bridge's `raw.dnsmasq` says of its domain. */
export function reachOf(dnsmasq: string | undefined): Reach {
  const lines = new Set(dnsmasq?.split('\n'));
  return { internet: !lines.has(NO_INTERNET), lan: !lines.has(NO_LAN) };
}
