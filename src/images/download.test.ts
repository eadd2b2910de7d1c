import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Standstill, standstillLimit } from './download.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('P18e-03: the limit is 600 s unless another is declared, and short where there is another way', () => {
  expect(standstillLimit(undefined, false)).toBe(600);
  expect(standstillLimit(5, false)).toBe(5);
  expect(standstillLimit(3600, false)).toBe(3600);
  expect(standstillLimit(undefined, true)).toBe(30);
  expect(standstillLimit(5, true)).toBe(5);
});

it('a download that moves may take longer than the limit, one that repeats itself may not', () => {
  using watch = new Standstill(10);
  for (let percent = 0; percent < 100; percent += 10) {
    watch.hear(`rootfs: ${percent}%`);
    vi.advanceTimersByTime(9000);
    watch.hear(`rootfs: ${percent}%`);
  }
  expect(watch.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1000);
  expect(watch.signal.aborted).toBe(true);
  expect(watch.last).toBe('rootfs: 90%');
});

it('nothing is aborted when it is over', () => {
  const watch = new Standstill(10);
  watch[Symbol.dispose]();
  vi.advanceTimersByTime(60_000);
  expect(watch.signal.aborted).toBe(false);
});
