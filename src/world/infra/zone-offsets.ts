import type { TrustLevel } from './types.ts';

/**
 * Addressing by trust level: the second octet of a network is `zone_base` and the offset of its zone, the third
 * counts the domains of the zone in order of their names, and machines are counted from .1 in the order of the file.
 * So an address tells how far a machine is trusted.
 */
export const OFFSETS: Readonly<Record<TrustLevel, number>> = {
  admin: 0,
  trusted: 10,
  'semi-trusted': 20,
  untrusted: 40,
  disposable: 50,
};

/** So that the last zone still has an octet. */
export const HIGHEST_ZONE_BASE = 255 - OFFSETS.disposable;
