/**
 * IPv4 addresses that no server on the internet has: what the registry of special addresses (RFC 6890 and what
 * follows it) does not call globally reachable, with multicast (RFC 5771) and what is reserved (RFC 1112).
 */
export const PRIVATE_RANGES = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  // The broadcast address among them.
  '240.0.0.0/4',
] as const;

/** Stands for the network of a bridge that cannot be read. It is no network: machines without an address send from it. */
export const NO_SUBNET = '0.0.0.0/32';
