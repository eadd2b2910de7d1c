import { expect, it } from 'vitest';
import { emptyDaemon } from '../../../tests/integration/engine/sample-daemon.ts';
import { domain, machine, world } from '../../../tests/integration/engine/world.ts';
import { computePlan } from '../compute-plan.ts';

// Matrix: IM-204
it('P09-07: a container and a virtual machine of one reference have an image each', () => {
  const mixed = world('mine', [
    domain('pro', 1, [
      machine('pro', 'pro-a', '10.199.1.1', { image: 'images:debian/13' }),
      machine('pro', 'pro-vm', '10.199.1.2', { image: 'images:debian/13', type: 'vm' }),
    ]),
  ]);
  const { entries } = computePlan(mixed, emptyDaemon());
  const images = entries.filter(({ kind }) => kind === 'image');
  expect(images.map(({ id }) => id)).toEqual(['image:debian/13', 'image:debian/13/vm']);
  expect(images).toMatchObject([
    { body: { image: 'images:debian/13', type: 'container' } },
    { body: { image: 'images:debian/13', type: 'virtual-machine' } },
  ]);
  const vm = entries.find(({ id }) => id === 'instance:pro/pro-vm');
  expect(vm?.needs).toContain('image:debian/13/vm');
});
