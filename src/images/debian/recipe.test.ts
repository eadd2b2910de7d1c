import { expect, it } from 'vitest';
import { cacheName, debianRecipe } from './recipe.ts';

it('knows Debian by number and by name', () => {
  expect(debianRecipe('debian/13')).toMatchObject({ suite: 'trixie', version: '13' });
  expect(debianRecipe('debian/trixie')).toMatchObject({ suite: 'trixie', version: '13' });
  expect(debianRecipe('debian/12')).toMatchObject({ suite: 'bookworm' });
});

it.each(['debian/99', 'debian/13/cloud', 'alpine/3.20', 'debian', 'xdebian/13', 'debian/13\n'])(
  'has no recipe for %j',
  (alias) => {
    expect(debianRecipe(alias)).toBeUndefined();
  },
);

it('names the cached files by everything that decides their content', () => {
  const recipe = debianRecipe('debian/13');
  if (!recipe) throw new Error('no recipe');
  expect(cacheName(recipe)).toMatch(/^debian-13-[a-z0-9]+-[0-9a-f]{12}$/);
  const other = { ...recipe, packages: [...recipe.packages, 'vim'] };
  expect(cacheName(other)).not.toBe(cacheName(recipe));
});
