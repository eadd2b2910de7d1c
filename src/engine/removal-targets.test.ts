import { describe, expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../tests/integration/engine/sample-daemon.ts';
import { crowd, domain, machine, world } from '../../tests/integration/engine/world.ts';
import { AnklumeError } from '../base/messages/index.ts';
import { computePlan } from './compute-plan.ts';
import { ASIDE_PROJECT, MARK } from './marks.ts';
import type { Observed } from './observed.ts';
import { namedTargets, orphanTargets } from './removal-targets.ts';

const volumes = [{ name: 'data', path: '/data', config: {} }];
const pro = domain('pro', 1, [
  machine('pro', 'pro-1', '10.199.1.1', { volumes }),
  machine('pro', 'pro-2', '10.199.1.2', { volumes: [{ ...volumes[0], name: 'other' } as never] }),
  machine('pro', 'web', '10.199.1.3', { instance: '001-web', ephemeral: false }),
]);
const mine = world('mine', [pro, crowd('lab', 2, 1)]);
const empty = world('mine', []);
const built = afterCreations(emptyDaemon(), computePlan(mine, emptyDaemon()));
const live = afterCreations(
  built,
  computePlan(world('others', [crowd('far', 3, 1, { volumes })]), built),
);

type Change = Partial<Observed['instances'][number]>;
const changed = (name: string, change: Change): Observed => ({
  ...live,
  instances: live.instances.map((one) => (one.name === name ? { ...one, ...change } : one)),
});
const marksOf = (name: string) => live.instances.find((one) => one.name === name)?.config ?? {};
const another = (from: string, change: Change): Observed => ({
  ...live,
  instances: [
    ...live.instances,
    ...live.instances.filter(({ name }) => name === from).map((one) => ({ ...one, ...change })),
  ],
});
const thrownBy = (work: () => unknown): AnklumeError => {
  try {
    work();
  } catch (error) {
    if (error instanceof AnklumeError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('a declared machine', () => {
  it('is found by its name, by that in Incus, and by that with its project', () => {
    for (const word of ['web', '001-web', 'pro/001-web'])
      expect(namedTargets(mine, live, [word])).toMatchObject([
        { machine: 'web', domain: 'pro', project: 'pro', instance: '001-web', declared: true },
      ]);
    expect(namedTargets(mine, live, ['web', 'pro/001-web', 'pro-1'])).toHaveLength(2);
  });

  it('comes with its own volumes alone, and with what guards it', () => {
    expect(namedTargets(mine, live, ['pro-1', 'pro-2', 'web'])).toMatchObject([
      { volumes: ['data'], guarded: false },
      { volumes: ['other'], guarded: false },
      { volumes: [], guarded: true },
    ]);
  });

  it('runs unless it is stopped, and not where it is absent', () => {
    const running = (observed: Observed) =>
      namedTargets(mine, observed, ['pro-1']).map((one) => [one.live !== undefined, one.running]);
    expect(running(changed('pro-1', { status: 'Running' }))).toEqual([[true, true]]);
    expect(running(changed('pro-1', { status: 'Frozen' }))).toEqual([[true, true]]);
    expect(running(changed('pro-1', { status: 'Stopped' }))).toEqual([[true, false]]);
    expect(running(emptyDaemon())).toEqual([[false, false]]);
  });

  it('is no other that is on its way out', () => {
    const config = { ...marksOf('pro-2'), [MARK.project]: '', [MARK.asideOf]: 'mine' };
    const half = changed('pro-2', { name: 't20260101-000000-0', config });
    expect(namedTargets(mine, half, ['pro-1'])).toMatchObject([{ live: { name: 'pro-1' } }]);
    expect(namedTargets(mine, half, ['lab-1'])).toMatchObject([{ live: { name: 'lab-1' } }]);
    expect(namedTargets(mine, half, ['pro-2'])).toMatchObject([
      { live: { name: 't20260101-000000-0' } },
    ]);
  });

  it('that cannot be read now is left alone, and its neighbours are not', () => {
    const { instances } = live;
    const unread: Observed = {
      ...live,
      instances: instances.filter(({ name }) => name !== 'pro-1'),
      unreadable: [{ project: 'pro', name: 'pro-1' }],
    };
    expect(thrownBy(() => namedTargets(mine, unread, ['pro-1']))).toMatchObject({
      code: 'machine-unreadable',
    });
    expect(namedTargets(mine, unread, ['pro-2', 'lab-1'])).toHaveLength(2);
    const elsewhere = { ...live, unreadable: [{ project: 'lab', name: 'pro-1' }] };
    expect(namedTargets(mine, elsewhere, ['pro-1'])).toHaveLength(1);
  });
});

describe('one that nothing declares', () => {
  it('is found by each of its names, with what its marks say of it', () => {
    for (const word of ['001-web', 'web', 'pro/001-web'])
      expect(namedTargets(empty, live, [word])).toMatchObject([
        { machine: 'web', domain: 'pro', instance: '001-web', declared: false, guarded: false },
      ]);
    expect(namedTargets(empty, live, ['pro-1'])).toMatchObject([{ volumes: ['data'] }]);
    const unmarked = changed('pro-1', { config: {} });
    expect(namedTargets(empty, unmarked, ['pro-1'])).toMatchObject([
      { machine: 'pro-1', domain: 'pro', volumes: ['data'] },
    ]);
  });

  it('is ours before that of somebody else; two of ours are told apart by their projects', () => {
    const theirs = another('far-1', { name: 'pro-1', project: 'far' });
    expect(namedTargets(empty, theirs, ['pro-1'])).toMatchObject([{ project: 'pro' }]);
    const ours = another('pro-1', { project: 'lab' });
    expect(thrownBy(() => namedTargets(empty, ours, ['pro-1']))).toMatchObject({
      code: 'ambiguous-machine',
      exit: 2,
      text: { en: expect.stringMatching(/: pro\/pro-1, lab\/pro-1\.$/) },
    });
    expect(namedTargets(empty, ours, ['lab/pro-1'])).toMatchObject([{ project: 'lab' }]);
  });

  it('in the trash is none', () => {
    const gone = changed('pro-1', { project: ASIDE_PROJECT });
    expect(thrownBy(() => namedTargets(empty, gone, ['pro-1']))).toMatchObject({
      code: 'unknown-machine',
      remedy: { en: 'Machines: none.', fr: 'Machines : aucune.' },
    });
  });

  it('an unknown name is told with those that there are, a domain with its own', () => {
    expect(thrownBy(() => namedTargets(mine, live, ['nobody']))).toMatchObject({
      code: 'unknown-machine',
      exit: 2,
      remedy: { en: 'Machines: pro-1, pro-2, web, lab-1.' },
    });
    expect(thrownBy(() => namedTargets(mine, live, ['lab']))).toMatchObject({
      code: 'not-a-machine',
      remedy: { en: 'Machines: lab-1.' },
    });
  });
});

it('orphans are all of ours that nothing declares, and none of others', () => {
  const left = orphanTargets(world('mine', [crowd('lab', 2, 1)]), live);
  expect(left.map(({ machine: name }) => name).sort()).toEqual(['pro-1', 'pro-2', 'web']);
  expect(left.every(({ declared, guarded }) => !declared && !guarded)).toBe(true);
  expect(orphanTargets(mine, live)).toEqual([]);
});
