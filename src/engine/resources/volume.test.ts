import { expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../../tests/integration/engine/sample-daemon.ts';
import { domain, machine, world } from '../../../tests/integration/engine/world.ts';
import { computePlan } from '../compute-plan.ts';
import { MARK } from '../marks.ts';
import { volumeSpecs } from './volume.ts';

const shared = { name: 'data', path: '/data', size: '2GiB', config: { 'snapshots.expiry': '1d' } };
const one = machine('pro', 'one', '10.199.1.1', { volumes: [shared] });
const guarded = machine('pro', 'two', '10.199.1.2', { volumes: [shared], ephemeral: false });
const pro = (...machines: (typeof one)[]) => domain('pro', 1, machines);

it('a volume lies in its own pool or in that of the domain, with its size and its marks', () => {
  expect(volumeSpecs(pro(one), 'mine', 'fast')).toEqual([
    {
      id: 'volume:pro/fast/data',
      kind: 'volume',
      name: 'data',
      project: 'pro',
      domain: 'pro',
      pool: 'fast',
      needs: ['project:pro'],
      wanted: {
        config: {
          'snapshots.expiry': '1d',
          size: '2GiB',
          [MARK.id]: expect.stringMatching(/^volume:pro\//),
          [MARK.project]: 'mine',
          [MARK.domain]: 'pro',
          [MARK.machine]: 'one',
          [MARK.protected]: 'false',
          [MARK.keys]: expect.any(String),
        },
      },
    },
  ]);
  const { size: _, ...unsized } = shared;
  const own = machine('pro', 'own', '10.199.1.3', { volumes: [{ ...unsized, pool: 'slow' }] });
  const [spec] = volumeSpecs(pro(own), 'mine', 'fast');
  expect(spec).toMatchObject({ id: 'volume:pro/slow/data', pool: 'slow' });
  expect(spec?.wanted.config).not.toHaveProperty('size');
});

it('one that several share is one, and is protected when any of them is', () => {
  const markOf = (...machines: (typeof one)[]) =>
    volumeSpecs(pro(...machines), 'mine', 'fast').map(({ wanted: { config } }) => [
      config?.[MARK.machine],
      config?.[MARK.protected],
    ]);
  expect(markOf(one, guarded)).toEqual([['two', 'true']]);
  expect(markOf(guarded, one)).toEqual([['two', 'true']]);
  const third = { ...one, name: 'three', instance: 'three' };
  expect(markOf(one, third)).toEqual([['one', 'false']]);
});

it('without its pool nothing begins, and it says why', () => {
  const lost = machine('pro', 'one', '10.199.1.1', { volumes: [{ ...shared, pool: 'nowhere' }] });
  const entry = (desired: ReturnType<typeof world>, observed = emptyDaemon()) =>
    computePlan(desired, observed).entries.find(({ kind }) => kind === 'volume');
  expect(entry(world('mine', [pro(lost)]))).toMatchObject({ action: 'refuse', code: 'no-pool' });
  const nowhere = { name: 'nowhere', driver: 'dir', status: '', config: {}, used_by: [] };
  const two = [...emptyDaemon().pools, nowhere];
  const both = { ...emptyDaemon(), pools: two };
  expect(entry(world('mine', [pro(lost)]), both)).toMatchObject({ action: 'create' });
});

it('is compared with that of its own pool and project alone', () => {
  const desired = world('mine', [pro(one)]);
  const live = afterCreations(emptyDaemon(), computePlan(desired, emptyDaemon()));
  const entryWhere = (change: object) => {
    const volumes = live.volumes.map((volume) => ({ ...volume, ...change }));
    return computePlan(desired, { ...live, volumes }).entries.find(({ kind }) => kind === 'volume');
  };
  expect(entryWhere({})).toBeUndefined();
  for (const change of [{ pool: 'slow' }, { project: 'lab' }, { name: 'other' }])
    expect(entryWhere(change)).toMatchObject({ action: 'create' });
});
