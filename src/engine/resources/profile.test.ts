import { expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../../tests/integration/engine/sample-daemon.ts';
import { domain, world } from '../../../tests/integration/engine/world.ts';
import { computePlan } from '../compute-plan.ts';
import { MARK } from '../marks.ts';
import { profileSpecs } from './profile.ts';

const plain = domain('pro', 1, []);
const gpu = {
  name: 'gpu',
  config: { 'limits.cpu': '2', 'limits.memory': '' },
  devices: { gpu: { type: 'gpu' }, second: { type: 'nic', network: 'net-lab' } },
};
const own = {
  name: 'default',
  config: { 'security.nesting': 'true' },
  devices: { data: { type: 'disk', source: '/srv', path: '/srv' } },
};

it('a domain always has its default profile: a root disk and a card on its bridge', () => {
  expect(profileSpecs(plain, 'mine', 'fast')).toEqual([
    {
      id: 'profile:pro/default',
      kind: 'profile',
      name: 'default',
      project: 'pro',
      domain: 'pro',
      needs: ['project:pro', 'network:net-pro'],
      wanted: {
        description: 'domain pro',
        config: {
          [MARK.id]: 'profile:pro/default',
          [MARK.project]: 'mine',
          [MARK.domain]: 'pro',
          [MARK.keys]: expect.any(String),
        },
        devices: {
          root: { type: 'disk', path: '/', pool: 'fast' },
          eth0: { type: 'nic', network: 'net-pro', name: 'eth0' },
        },
      },
    },
  ]);
});

it('what the user adds to it comes to that, and other profiles stand beside it as declared', () => {
  const specs = profileSpecs({ ...plain, profiles: [gpu, own] }, 'mine', 'fast');
  expect(specs.map(({ name }) => name)).toEqual(['default', 'gpu']);
  const [first, second] = specs;
  expect(first?.wanted.config?.['security.nesting']).toBe('true');
  expect(Object.keys(first?.wanted.devices ?? {})).toEqual(['root', 'eth0', 'data']);
  expect(second).toMatchObject({
    id: 'profile:pro/gpu',
    needs: ['project:pro', 'network:net-lab'],
  });
  expect(second?.wanted).not.toHaveProperty('description');
  expect(second?.wanted.devices).toEqual(gpu.devices);
  // An empty value means none.
  expect(second?.wanted.config).toMatchObject({ 'limits.cpu': '2' });
  expect(second?.wanted.config).not.toHaveProperty('limits.memory');
});

it('without a pool to choose nothing begins, and it says why', () => {
  const desired = world('mine', [plain]);
  const { entries } = computePlan(desired, { ...emptyDaemon(), pools: [] });
  expect(entries.find(({ id }) => id === 'profile:pro/default')).toMatchObject({
    action: 'refuse',
    code: 'no-pool',
  });
});

it('the one that Incus makes with our project is ours; that in somebody else’s is not', () => {
  const desired = world('mine', [plain]);
  const live = afterCreations(emptyDaemon(), computePlan(desired, emptyDaemon()));
  const bare = live.profiles.map((one) =>
    one.project === 'pro'
      ? { ...one, config: {}, devices: {}, description: 'words of Incus' }
      : one,
  );
  const find = (observed: typeof live) =>
    computePlan(desired, observed).entries.find(({ id }) => id === 'profile:pro/default');
  expect(find({ ...live, profiles: bare })).toMatchObject({ action: 'update' });
  const projects = live.projects.map((one) => ({ ...one, config: {} }));
  expect(find({ ...live, profiles: bare, projects })).toMatchObject({ action: 'refuse' });
});
