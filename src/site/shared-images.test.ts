import { expect, it } from 'vitest';
import { crowd, domain, machine, world } from '../../tests/integration/engine/world.ts';
import { shareImages } from './shared-images.ts';

const nested = { 'security.nesting': 'true' };
const profile = (config: Record<string, string>) => ({ name: 'nest', config, devices: {} });
const desired = (images?: { exportForNesting: boolean; folder: string }) => ({
  ...world('mine', [
    {
      ...domain('pro', 1, [
        machine('pro', 'host', '10.1.1.1', { profiles: ['default', 'nest'] }),
        machine('pro', 'own', '10.1.1.2', { config: nested }),
        machine('pro', 'not', '10.1.1.3', {
          profiles: ['default', 'nest'],
          config: { 'security.nesting': 'false' },
        }),
        machine('pro', 'vm', '10.1.1.4', { type: 'vm', config: nested }),
        machine('pro', 'mine', '10.1.1.5', {
          config: nested,
          devices: { 'anklume-images': { type: 'disk', source: '/mine', path: '/x' } },
        }),
      ]),
      profiles: [profile(nested)],
    },
    crowd('home', 2, 1),
  ]),
  ...(images && { images }),
});

it('nested hosts see the folder, where that is declared, and nobody else does', () => {
  const shared = shareImages(desired({ exportForNesting: true, folder: '/srv/images' }));
  const devices = shared.domains.flatMap(({ machines }) =>
    machines.map(({ name, devices }) => [name, devices['anklume-images']?.source]),
  );
  expect(devices).toEqual([
    ['host', '/srv/images'],
    ['own', '/srv/images'],
    ['not', undefined],
    ['vm', undefined],
    ['mine', '/mine'],
    ['home-1', undefined],
  ]);
  expect(shared.domains[0]?.machines[0]?.devices['anklume-images']).toMatchObject({
    path: '/var/lib/anklume/images',
    readonly: 'true',
    required: 'false',
  });
});

it('nothing changes where it is not declared', () => {
  const plain = desired();
  expect(shareImages(plain)).toBe(plain);
  const off = desired({ exportForNesting: false, folder: '/srv/images' });
  expect(shareImages(off)).toBe(off);
});
