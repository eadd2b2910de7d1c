import { expect, it } from 'vitest';
import { byTime } from './by-time.ts';

const order = byTime<readonly [string, string]>(
  ([time]) => time,
  ([, name]) => name,
);

it.each([
  ['by time', ['2026-01-02T00:00:00Z', 'a'], ['2026-01-01T00:00:00Z', 'b'], 'ba'],
  [
    'whole seconds before fractions',
    ['2026-01-01T00:00:00.5Z', 'a'],
    ['2026-01-01T00:00:00Z', 'b'],
    'ba',
  ],
  ['whatever the zone', ['2026-01-01T01:00:00+02:00', 'b'], ['2026-01-01T00:30:00Z', 'a'], 'ba'],
  ['by name at one time', ['2026-01-01T00:00:00Z', 'b'], ['2026-01-01T00:00:00.000Z', 'a'], 'ab'],
  ['what is no time comes first', ['2026-01-01T00:00:00Z', 'a'], ['?', 'b'], 'ba'],
] as const)('%s', (_, one, other, names) => {
  for (const given of [
    [one, other],
    [other, one],
  ])
    expect(
      [...given]
        .sort(order)
        .map(([, name]) => name)
        .join(''),
    ).toBe(names);
  expect(order(one, one)).toBe(0);
});
