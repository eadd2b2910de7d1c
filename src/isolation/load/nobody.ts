/**
 * Stand-ins for the internet. Of IPv4 an address that takes what nobody wants (AS112, RFC 7534 and 7535): it must be
 * global, or a domain without the local network would not reach it. Of IPv6 documentation's own, which is nobody.
 */
export const NOBODY = { address: '192.31.196.1', address6: '2001:db8::1' } as const;
