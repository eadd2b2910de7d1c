import { describe, expect, it } from 'vitest';
import { subIdFinding } from './sub-ids.ts';

const found = (size: number) => subIdFinding({ start: 1_000_000, size });

describe('B06-02: doctor says whether containers can have users of their own', () => {
  it.each([
    [1_000_000_000, 'good', 'enough for 15256 containers'],
    [102 * 65_536, 'good', 'enough for 100 containers'],
    [102 * 65_536 - 1, 'warning', 'enough for 99 containers'],
    [3 * 65_536, 'warning', 'enough for 1 container'],
    [65_536, 'bad', 'enough for 0 containers'],
    [0, 'bad', 'enough for 0 containers'],
  ])('of %d users: %s', (size, state, words) => {
    expect(found(size)).toMatchObject({ state, found: { en: words } });
    expect(found(size).remedy === undefined).toBe(state === 'good');
  });

  it('takes the range of Incus where the host names none', () => {
    expect(subIdFinding(undefined)).toEqual(found(1_000_000_000));
  });
});
