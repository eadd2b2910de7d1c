import { expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../../tests/integration/engine/sample-daemon.ts';
import { domain, world } from '../../../tests/integration/engine/world.ts';
import { computePlan } from '../compute-plan.ts';
import { MARK } from '../marks.ts';
import { projectSpec } from './project.ts';

const desired = world('mine', [domain('pro', 1, [])]);
const live = afterCreations(emptyDaemon(), computePlan(desired, emptyDaemon()));

/** What is to be done with the project where Incus has this instead. */
function entryWith(config: Record<string, string>, usedBy: readonly string[]) {
  const projects = live.projects.map((one) =>
    one.name === 'pro' ? { ...one, config: { ...one.config, ...config }, used_by: usedBy } : one,
  );
  const { entries } = computePlan(desired, { ...live, projects } as typeof live);
  return entries.find(({ id }) => id === 'project:pro');
}

it('a project shares networks and images with all, and has profiles and volumes of its own', () => {
  const spec = projectSpec(domain('pro', 1, []), 'mine');
  expect(spec).toMatchObject({ id: 'project:pro', kind: 'project', project: 'pro', needs: [] });
  expect(spec.wanted).toMatchObject({
    description: 'domain pro',
    config: {
      'features.images': 'false',
      'features.networks': 'false',
      'features.profiles': 'true',
      'features.storage.volumes': 'true',
      [MARK.project]: 'mine',
      [MARK.domain]: 'pro',
    },
  });
});

it('other features are put right while nothing but its default profile is in it, and refused then', () => {
  const other = { 'features.storage.volumes': 'false' };
  const own = '/1.0/profiles/default?project=pro';
  expect(entryWith({}, [own])).toBeUndefined();
  expect(entryWith(other, [own])).toMatchObject({ action: 'update' });
  expect(entryWith(other, ['/1.0/profiles/default'])).toMatchObject({ action: 'update' });
  for (const user of [
    '/1.0/instances/web?project=pro',
    '/1.0/profiles/default-more?project=pro',
    '/1.0/x/1.0/profiles/default',
  ])
    expect(entryWith(other, [own, user])).toMatchObject({
      action: 'refuse',
      code: 'features-differ',
      reason: { en: expect.stringContaining('features.storage.volumes') },
    });
});

it('anything else is changed also where it is in use', () => {
  const used = ['/1.0/instances/web?project=pro'];
  expect(entryWith({ [MARK.keys]: 'old' }, used)).toMatchObject({ action: 'update' });
});

it('a project with images of its own is as good, once it is in use', () => {
  const used = ['/1.0/instances/web?project=pro'];
  const other = { 'features.images': 'true' };
  expect(entryWith(other, used)).toBeUndefined();
  expect(entryWith(other, [])).toMatchObject({ action: 'update' });
  const taken = entryWith({ ...other, [MARK.keys]: 'old' }, used);
  expect(taken).toMatchObject({ action: 'update' });
  expect(JSON.stringify(taken)).not.toContain('"features.images":"false"');
  expect(entryWith({ ...other, 'features.networks': 'true' }, used)).toMatchObject({
    code: 'features-differ',
  });
});
