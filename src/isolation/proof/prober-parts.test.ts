import { describe, expect, it } from 'vitest';
import { joined, partsFor, partsOf } from './prober-parts.ts';

const job = { spaces: [], probes: ['a', 'b', 'c', 'd', 'e'], seconds: { closed: 1, open: 1 } };
const report = (results: number, more = {}) => ({
  results: Array.from(
    { length: results },
    (_, index) => [true, false, `${index}`, true, true] as const,
  ),
  missing: {},
  strayed: [],
  injects: true,
  lost: 0,
  ...more,
});

describe('probes in several processes', () => {
  it('only where there is much to send, and no more than there are processors', () => {
    expect([0, 1, 5999, 6000, 24_000, 1_000_000].map((probes) => partsFor(probes, 2))).toEqual([
      1, 1, 1, 2, 2, 2,
    ]);
    expect(partsFor(1_000_000, 64)).toBe(4);
    expect(partsFor(24_000, 1)).toBe(1);
  });

  it('each probe is in one part, in its order, under a number that no other has', () => {
    const parts = partsOf(job, 2, 77);
    expect(parts.map(({ probes, first, sequence }) => [probes, first, sequence])).toEqual([
      [['a', 'b', 'c'], 0, 77],
      [['d', 'e'], 3, 77],
    ]);
    expect(partsOf(job, 1, 5)).toMatchObject([{ probes: job.probes, first: 0 }]);
  });

  it('what they found is told of the whole', () => {
    const parts = partsOf(job, 2, 77);
    const whole = joined(parts, [
      report(3, { missing: { 4: 'gone' }, strayed: [[1, ['eth0']]], lost: 2 }),
      report(2, { strayed: [[0, ['#3']]], injects: false, lost: 1 }),
    ]);
    expect(whole.results.map(([, , word]) => word)).toEqual(['0', '1', '2', '0', '1']);
    expect(whole).toMatchObject({
      missing: { 4: 'gone' },
      strayed: [
        [1, ['eth0']],
        [3, ['#3']],
      ],
      injects: false,
      lost: 3,
    });
  });
});
