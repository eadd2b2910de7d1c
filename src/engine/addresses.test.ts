import { expect, it } from 'vitest';
import { overlap, rangeOf } from './addresses.ts';

it('finds the range of a gateway address', () => {
  expect(rangeOf('10.1.2.254/24')).toEqual({ first: 0x0a010200, last: 0x0a0102ff });
});

it.each(['none', 'auto', undefined, '10.1.2.3', '10.1.2.300/24', '10.1.2.3/33', 'fd42::1/64'])(
  'has no range for %s',
  (value) => expect(rangeOf(value)).toBeUndefined(),
);

it('sees one network inside another', () => {
  expect(overlap('10.1.0.1/16', '10.1.200.254/24')).toBe(true);
  expect(overlap('10.1.1.254/24', '10.1.2.254/24')).toBe(false);
  expect(overlap('10.1.1.254/24', 'none')).toBe(false);
});
