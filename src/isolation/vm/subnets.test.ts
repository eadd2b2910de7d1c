import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { covering, numberOf } from './subnets.ts';

const addresses = (subnet: string): number[] => {
  const size = 2 ** (32 - Number(subnet.split('/')[1]));
  return Array.from({ length: size / 256 }, (_, index) => numberOf(subnet) + 256 * index);
};

describe('the fewest subnets', () => {
  it('halves become a whole, again and again', () => {
    expect(covering(['10.1.1.0/24', '10.1.0.0/24', '10.1.2.0/23', '10.1.9.0/24'])).toEqual([
      '10.1.0.0/22',
      '10.1.9.0/24',
    ]);
  });

  it('neighbours that are not halves of one whole stay apart', () => {
    expect(covering(['10.1.1.0/24', '10.1.2.0/24'])).toEqual(['10.1.1.0/24', '10.1.2.0/24']);
  });

  it('those of IPv6 too', () => {
    const numbered = ['', '1:', '2:', '3:', '4:', '9:', '10:', '254:'];
    expect(covering(numbered.map((id) => `fd12:3456:789a:${id}:/64`))).toEqual([
      'fd12:3456:789a::/62',
      'fd12:3456:789a:4::/64',
      'fd12:3456:789a:9::/64',
      'fd12:3456:789a:10::/64',
      'fd12:3456:789a:254::/64',
    ]);
  });

  const octets = fc.uniqueArray(fc.integer({ min: 0, max: 255 }), { maxLength: 60 });
  test.prop([octets], { seed: 11 })('hold exactly the same addresses', (numbers) => {
    const subnets = numbers.map((octet) => `10.100.${octet}.0/24`);
    const held = covering(subnets).flatMap(addresses);
    expect(held).toEqual(subnets.map(numberOf).sort((a, b) => a - b));
  });
});
