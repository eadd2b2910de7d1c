import { describe, expect, it } from 'vitest';
import { sameValue } from './values.ts';

describe('sameValue', () => {
  it.each([
    ['true', 'yes'],
    ['1', 'true'],
    ['off', 'false'],
    ['2GiB', '2048MiB'],
    ['2GiB', '2147483648'],
    ['1kB', '1000'],
    ['a, b', 'a,b'],
    [undefined, ''],
    [' 4 ', '4'],
  ])('takes %s and %s for the same', (a, b) => {
    expect(sameValue(a, b)).toBe(true);
    expect(sameValue(b, a)).toBe(true);
  });

  it.each([
    ['true', 'false'],
    ['2GB', '2GiB'],
    ['1', '2'],
    ['0-3', '4'],
    ['10%', '10'],
    ['a,b', 'b,a'],
    [undefined, 'false'],
    ['5XB', '5'],
  ])('tells %s from %s', (a, b) => {
    expect(sameValue(a, b)).toBe(false);
    expect(sameValue(b, a)).toBe(false);
  });
});
