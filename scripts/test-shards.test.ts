import { describe, expect, it } from 'vitest';
import { shareOf } from './test-shards.ts';

const slow = 'tests/integration/golden/golden.test.ts';
const files = [slow, ...Array.from({ length: 30 }, (_, at) => `tests/integration/a/${at}.test.ts`)];

describe('shareOf', () => {
  it('deals every file once', () => {
    const dealt = [1, 2, 3].flatMap((index) => shareOf(files, { index, count: 3 }));
    expect(dealt.sort()).toEqual([...files].sort());
  });

  it('gives those beside a slow file fewer', () => {
    const [one = [], other = []] = [1, 2].map((index) => shareOf(files, { index, count: 2 }));
    expect(one).toContain(slow);
    expect(other.length - one.length).toBeGreaterThan(8);
  });

  it('is the same whatever the order that files are found in', () => {
    const share = { index: 2, count: 2 };
    expect(shareOf([...files].reverse(), share)).toEqual(shareOf(files, share));
  });
});
