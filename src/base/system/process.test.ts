import { expect, it } from 'vitest';
import { identify, isAlive, parseStat } from './process.ts';

it('finds the start time behind a program name that holds spaces and parentheses', () => {
  const after = Array.from({ length: 30 }, (_, index) => String(index + 4)).join(' ');
  expect(parseStat(7, `7 (a) b) (c) S ${after}`)).toEqual({ pid: 7, started: '22' });
});

it('counts a process that has ended, or a torn line, as none', () => {
  const after = Array.from({ length: 30 }, (_, index) => String(index + 4)).join(' ');
  expect(parseStat(7, `7 (a) Z ${after}`)).toBeUndefined();
  expect(parseStat(7, '7 (a')).toBeUndefined();
});

it('tells this process from another one that had its number', async () => {
  const self = await identify(process.pid);
  if (!self) throw new Error('this process is not in /proc');
  expect(await isAlive(self)).toBe(true);
  expect(await isAlive({ ...self, started: '1' })).toBe(false);
});
