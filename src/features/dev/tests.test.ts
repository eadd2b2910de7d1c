import { describe, expect, it } from 'vitest';
import { RINGS, ringsOf, stagesOf } from './tests.ts';

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

describe('ringsOf', () => {
  it('P22-02: takes the ordinary rings by no word, without the scenarios', () => {
    expect(ringsOf(undefined)).toEqual(['check', 'integration', 'faults', 'hostile', 'roles']);
  });

  it('takes every ring by all, and one by its name', () => {
    expect(ringsOf('all')).toEqual(RINGS);
    expect(ringsOf('vms')).toEqual(['vms']);
  });
});
