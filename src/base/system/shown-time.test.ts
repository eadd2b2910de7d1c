import { expect, it } from 'vitest';
import { shownTime } from './shown-time.ts';

it.each([
  ['2026-01-02T03:04:05.678Z', 0, '2026-01-02 03:04:05+00:00'],
  ['2026-07-02T23:04:05Z', 120, '2026-07-03 01:04:05+02:00'],
  ['2026-01-02T03:04:05Z', -210, '2026-01-01 23:34:05-03:30'],
])('a time is shown on a clock, and says on which: %s %i', (iso, east, shown) => {
  expect(shownTime(iso, east)).toBe(shown);
  expect(shownTime(new Date(iso), east)).toBe(shown);
});

it('the clock is that of this machine, and what is shown can be read again', () => {
  for (const iso of ['2026-01-15T12:00:00Z', '2026-07-15T12:00:00Z']) {
    const date = new Date(iso);
    const shown = shownTime(iso);
    expect(Number(shown.slice(11, 13))).toBe(date.getHours());
    expect(new Date(shown.replace(' ', 'T')).toISOString()).toBe(date.toISOString());
  }
});

it('what is no time is not made one', () => {
  expect(shownTime('soon')).toBe('?');
});
