import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ipv4Number, ipv4Overlap, ipv4Range, ipv4Text, octetsOf } from './ipv4.ts';
import { kebab } from './kebab.ts';

const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });

it('an address is its number and back', () => {
  fc.assert(fc.property(address, (number) => ipv4Number(ipv4Text(number)) === number));
  expect(octetsOf('10.100.3.254')).toEqual([10, 100, 3, 254]);
});

it.each([
  '',
  '1.2.3',
  '1.2.3.4.5',
  '01.2.3.4',
  '1.2.3.256',
  '1.2.3.-1',
  '1.2.3.4 ',
  '1.2.3.1e1',
  '1..2.3',
])('%j is no address', (text) => {
  expect(octetsOf(text)).toBeUndefined();
  expect(ipv4Range(text)).toBeUndefined();
});

it.each(['1.2.3.4/', '1.2.3.4/33', '1.2.3.4/08', '1.2.3.4/8/8', '1.2.3.4/-1', 'none', 'fd00::/8'])(
  '%j is no network',
  (text) => {
    expect(ipv4Range(text)).toBeUndefined();
  },
);

it('a network holds what shares its first bits', () => {
  fc.assert(
    fc.property(address, fc.integer({ min: 0, max: 32 }), (number, length) => {
      const range = ipv4Range(`${ipv4Text(number)}/${length}`);
      expect(range?.first).toBeLessThanOrEqual(number);
      expect(range?.last).toBeGreaterThanOrEqual(number);
      expect((range?.last ?? 0) - (range?.first ?? 0) + 1).toBe(2 ** (32 - length));
      expect((range?.first ?? 1) % 2 ** (32 - length)).toBe(0);
    }),
  );
  expect(ipv4Range('10.0.0.7')).toEqual({ first: 167772167, last: 167772167, length: 32 });
});

it('two ranges overlap where one address is in both', () => {
  const of = (text: string) => ipv4Range(text) ?? { first: 0, last: -1 };
  expect(ipv4Overlap(of('10.0.0.0/24'), of('10.0.0.128/25'))).toBe(true);
  expect(ipv4Overlap(of('10.0.0.0/24'), of('10.0.1.0/24'))).toBe(false);
});

it('words in one are words with a hyphen between them', () => {
  expect([kebab('skipProvision'), kebab('json'), kebab('aiCoding', '_')]).toEqual([
    'skip-provision',
    'json',
    'ai_coding',
  ]);
});
