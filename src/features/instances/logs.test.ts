import { expect, it } from 'vitest';
import { lastLines } from './logs.ts';

it('gives the last lines, however a console ends them', () => {
  expect(lastLines('a\r\nb\r\r\nc\n', 2)).toEqual(['b', 'c']);
  expect(lastLines('a\n\n', 9)).toEqual(['a', '']);
  expect(lastLines('', 5)).toEqual([]);
  expect(lastLines('a\nb', 0)).toEqual([]);
});
