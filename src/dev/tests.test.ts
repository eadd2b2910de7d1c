import { describe, expect, it } from 'vitest';
import { withFailure } from './tests.ts';

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
