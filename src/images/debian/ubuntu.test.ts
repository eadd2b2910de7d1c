import { expect, it } from 'vitest';
import { cacheName } from './recipe.ts';
import { ubuntuRecipe } from './ubuntu.ts';

it.each(['ubuntu/24.04', 'ubuntu/noble'])('knows %s', (alias) => {
  const recipe = ubuntuRecipe(alias);
  expect(recipe).toMatchObject({ suite: 'noble', version: '24.04', type: 'container' });
  expect(recipe?.archive?.sources).toHaveLength(3);
  for (const line of recipe?.archive?.sources ?? [])
    expect(line).toMatch(/^deb \[signed-by=\/.*\.gpg\] http:\/\/\S+ noble(-\w+)? main$/);
  expect(recipe?.metadata['metadata.yaml']).toMatch(/os: ubuntu\n.*release: noble/s);
  expect(recipe && cacheName(recipe)).toMatch(/^ubuntu-/);
});

it.each([
  'ubuntu/99.04',
  'ubuntu/24.04/cloud',
  'ubuntu',
  'xubuntu/24.04',
  'debian/13',
  'ubuntu/noble\n',
])('has no recipe for %j', (alias) => {
  expect(ubuntuRecipe(alias)).toBeUndefined();
});
