import { expect, it } from 'vitest';
import { type Kept, keptAmong, unasked } from './kept.ts';
import { share, type Wish } from './share.ts';

const wish = (id: string, recipe: string, base: string | undefined = 'base'): Wish => ({
  id,
  recipe,
  base,
});
const kept = (recipe: string, base = 'base', project = 'mine'): Kept => ({
  fingerprint: `image-${recipe}-${base}`,
  recipe,
  base,
  project,
  image: 'images:debian/13',
  roles: ['web'],
  size: 1,
  createdAt: '',
});

it('three equal machines are one model and two followers; two are not worth it', () => {
  const wishes = [wish('a', 'x'), wish('b', 'y'), wish('c', 'x'), wish('d', 'y'), wish('e', 'x')];
  expect(share(wishes, [])).toEqual({
    fromKept: new Map(),
    lots: [{ recipe: 'x', model: 'a', followers: ['c', 'e'] }],
  });
});

it('an image that is kept serves even one machine', () => {
  expect(share([wish('a', 'x')], [kept('x')])).toEqual({
    fromKept: new Map([['a', 'image-x-base']]),
    lots: [],
  });
});

it.each([
  ['another recipe', kept('y')],
  ['an older base image', kept('x', 'older')],
])('an image of %s serves nobody', (_, image) => {
  expect(share([wish('a', 'x')], [image]).fromKept.size).toBe(0);
});

it('an unknown base image is answered by none', () => {
  expect(share([{ id: 'a', recipe: 'x' }], [kept('x', '')]).fromKept.size).toBe(0);
});

it('what nobody asks for is only looked for among what this infrastructure keeps', () => {
  const all = [kept('x'), kept('x', 'older'), kept('z'), kept('z', 'base', 'theirs')];
  const gone = unasked(all, 'mine', [wish('a', 'x')]);
  expect(gone.map(({ fingerprint }) => fingerprint)).toEqual(['image-x-older', 'image-z-base']);
});

it('takes no image for a kept machine that does not say so', () => {
  const image = {
    fingerprint: 'f',
    type: 'container',
    aliases: [],
    project: 'default',
    size: 1,
    architecture: 'x86_64',
  };
  expect(keptAmong([{ ...image, properties: { os: 'debian' } }])).toEqual([]);
});
