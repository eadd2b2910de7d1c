import { expect, it } from 'vitest';
import { distance, nearest } from './nearest.ts';

it('counts a swap of neighbours as one mistake', () => {
  expect(distance('rloes', 'roles')).toBe(1);
  expect(distance('ip', 'ip')).toBe(0);
  expect(distance('', 'abc')).toBe(3);
});

it('proposes only what is close', () => {
  expect(nearest('descripton', ['description', 'devices'])).toBe('description');
  expect(nearest('os-image', ['os_image'])).toBe('os_image');
  expect(nearest('zebra', ['description', 'devices'])).toBeUndefined();
});
