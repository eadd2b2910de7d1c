import { expect, it } from 'vitest';
import { cacheName, debianRecipe } from '../debian/recipe.ts';
import { debianVmRecipe } from './recipe.ts';

it('P09-01: makes the disk of a virtual machine from the same Debian, with kernel, signed loader and agent', () => {
  const recipe = debianVmRecipe('debian/13');
  expect(recipe).toMatchObject({ type: 'virtual-machine', suite: 'trixie', masked: [] });
  expect(recipe?.packages).toEqual(
    expect.arrayContaining([
      'systemd',
      'linux-image-amd64',
      'shim-signed',
      'grub-efi-amd64-signed',
      'incus-agent',
    ]),
  );
});

it('is kept apart from the container image in the cache', () => {
  const names = [debianRecipe('debian/13'), debianVmRecipe('debian/13')].map(
    (recipe) => recipe && cacheName(recipe),
  );
  expect(names[0]).toMatch(/^debian-13-amd64-/);
  expect(names[1]).toMatch(/^debian-13-vm-amd64-/);
});

it('knows no Debian whose archive has no agent, and nothing that is not Debian', () => {
  expect(debianVmRecipe('debian/12')).toBeUndefined();
  expect(debianVmRecipe('alpine/3.20')).toBeUndefined();
});
