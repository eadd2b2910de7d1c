import { expect, it } from 'vitest';
import { compareVersions, isSameLine, parseVersion, VERSION } from './version.ts';

it('P16-26: our own version is one, and versions are in the order of their numbers', () => {
  expect(parseVersion(VERSION)).toBeDefined();
  const order = ['0.1.0', '0.1.9', '0.1.10', '0.2.0', '1.0.0-rc.1', 'v1.0.1', '10.0.0'];
  for (const [i, one] of order.entries())
    for (const [j, other] of order.entries())
      expect(Math.sign(compareVersions(one, other) ?? Number.NaN), `${one} ${other}`).toBe(
        Math.sign(i - j),
      );
});

it.each(['', '1.0', '1.0.0.0', 'one', '1.0.0\nx', '-1.0.0', '9999999.0.0'])(
  '%j is no version',
  (text) => {
    expect(parseVersion(text)).toBeUndefined();
    expect(compareVersions(text, '1.0.0')).toBeUndefined();
  },
);

it('P16-26: a line of versions is one of the first number, and of the second before 1.0.0', () => {
  expect(isSameLine('0.1.0', '0.1.7')).toBe(true);
  expect(isSameLine('0.1.0', '0.2.0')).toBe(false);
  expect(isSameLine('1.1.0', '1.9.0')).toBe(true);
  expect(isSameLine('1.1.0', '2.0.0')).toBe(false);
});
