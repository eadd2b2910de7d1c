/**
 * Addresses that no server on the internet has: RFC 1918 and 6598 (private and shared), 3927 (link-local),
 * 5771 (multicast) and the broadcast address.
 */
export const PRIVATE_RANGES = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/4',
  '255.255.255.255/32',
] as const;

/** The same of IPv6: RFC 4193 (unique local), 4291 (link-local and multicast) and 8215 (a translator's own network). */
export const PRIVATE_RANGES_6 = ['fc00::/7', 'fe80::/10', 'ff00::/8', '64:ff9b:1::/48'] as const;
