import { describe, expect, it } from 'vitest';
import { RINGS, stagesOf, withFailure } from './tests.ts';

describe('withFailure', () => {
  const green = { passed: 3, failed: 0, skipped: 0 };

  it('counts a run that ended badly without a failed test as one failure', () => {
    expect(withFailure(green, 1)).toEqual({ ...green, failed: 1 });
  });

  it('leaves a good run and a counted failure as they are', () => {
    expect(withFailure(green, 0)).toBe(green);
    expect(withFailure({ ...green, failed: 2 }, 1).failed).toBe(2);
  });
});

describe('stagesOf', () => {
  it('runs every ring, and no share of one twice', () => {
    const runs = stagesOf(RINGS).flat(2);
    expect(new Set(runs.map(({ ring }) => ring))).toEqual(new Set(RINGS));
    const names = runs.map(({ ring, shard = '1/1' }) => `${ring} ${shard}`);
    expect(new Set(names).size).toBe(names.length);
    for (const ring of RINGS) {
      const shards = runs.filter((run) => run.ring === ring).map(({ shard = '1/1' }) => shard);
      expect(shards).toEqual(shards.map((_, at) => `${at + 1}/${shards.length}`));
    }
  });

  it('leaves out what was not asked for, and the stages that this empties', () => {
    expect(stagesOf(['vms'])).toEqual([[[{ ring: 'vms' }]]]);
    expect(stagesOf(['check', 'faults'])).toEqual([[[{ ring: 'check' }]], [[{ ring: 'faults' }]]]);
  });
});
