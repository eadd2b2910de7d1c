import { expect, it } from 'vitest';
import { distance, nearest, suggester } from './nearest.ts';

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

it.each([
  ['', '', 0],
  ['a', '', 1],
  ['abc', 'abc', 0],
  ['abc', 'axc', 1],
  ['abc', 'abxc', 1],
  ['abxc', 'abc', 1],
  ['abc', 'acb', 1],
  ['ab', 'ba', 1],
  ['abcd', 'badc', 2],
  ['abc', 'cab', 2],
  ['ca', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['roles', 'sel', 4],
])('from %j to %j it is %i steps, there and back', (a, b, steps) => {
  expect([distance(a, b), distance(b, a)]).toEqual([steps, steps]);
});

it('compares no word that is longer than sixty letters', () => {
  const long = 'x'.repeat(60);
  expect(distance(long, `y${long.slice(1)}`)).toBe(1);
  expect(distance(`${long}x`, long)).toBe(61);
  expect(distance('x', `${long}x`)).toBe(61);
  expect(distance(`${long}x`, `${long}x`)).toBe(61);
});

it('proposes the closest, within a third of the letters and at least one', () => {
  const known = ['gpu', 'ip', 'devices', 'description'];
  expect(['gpus', 'gppu', 'cpu', 'i', 'ips'].map((word) => nearest(word, known))).toEqual([
    'gpu',
    'gpu',
    'gpu',
    'ip',
    'ip',
  ]);
  expect(['gppuu', 'ab', 'x', '', 'gpuuu'].map((word) => nearest(word, known))).toEqual(
    Array.from({ length: 5 }),
  );
  expect(nearest('devic', known)).toBe('devices');
  expect(nearest('devi', known)).toBeUndefined();
  expect(nearest('devicesxx', known)).toBe('devices');
  expect(nearest('devicesxxx', known)).toBeUndefined();
  expect(nearest('roled', ['rolex', 'roles', 'roled_'])).toBe('rolex');
  expect(nearest('rolesx', ['role', 'roles'])).toBe('roles');
  expect(nearest('OS-Image', ['os_image'])).toBe('os_image');
  expect(nearest('a_b-c', ['A-B_C'])).toBe('A-B_C');
});

it('stops proposing after thirty: a person reads a few', () => {
  const suggest = suggester(['roles']);
  const answers = Array.from({ length: 32 }, () => suggest('role'));
  expect(answers.filter((one) => one === 'roles')).toHaveLength(30);
  expect(answers.slice(30)).toEqual([undefined, undefined]);
});
