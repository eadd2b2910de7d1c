import { describe, expect, it } from 'vitest';
import { MARK } from './marks.ts';
import { holderOf, verdictOn } from './ownership.ts';

describe('the ownership table', () => {
  it.each([
    ['absent', undefined, 'create', 'create'],
    ['ours', { [MARK.project]: 'mine' }, 'keep', 'keep'],
    ['unmarked', {}, 'refuse', 'take'],
    ['unmarked', { [MARK.project]: '' }, 'refuse', 'take'],
    ['another', { [MARK.project]: 'theirs' }, 'refuse', 'take'],
  ] as const)('%s %o: %s, with --adopt %s', (holder, config, plain, adopt) => {
    expect(holderOf(config && { config }, 'mine')).toBe(holder);
    expect(verdictOn(holder, false)).toBe(plain);
    expect(verdictOn(holder, true)).toBe(adopt);
  });
});
