import { checkedAddress6 } from '../load/checked.ts';

/** The address that a card gives itself on its link: made from its MAC, as RFC 4291 says (EUI-64). */
export function linkLocalOf(mac: string): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac
    .split(':')
    .map((pair) => parseInt(pair, 16));
  const groups = [((a ^ 2) << 8) | b, (c << 8) | 0xff, 0xfe00 | d, (e << 8) | f];
  return checkedAddress6(`fe80::${groups.map((group) => group.toString(16)).join(':')}`);
}
