import { describe, expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../tests/integration/engine/sample-daemon.ts';
import { crowd, world } from '../../tests/integration/engine/world.ts';
import { asideName, ORIGIN } from './aside-origin.ts';
import { computePlan } from './compute-plan.ts';
import { computeFlush } from './flush.ts';
import { ASIDE_PROJECT, MARK } from './marks.ts';
import type { Observed } from './observed.ts';
import { ownInstance, ownInstances, ownProfile, ownVolume } from './own-marks.ts';
import { computeRemoval } from './removal.ts';

const volumes = [{ name: 'vol', path: '/srv', config: {} }];
const desired = world('mine', [crowd('pro', 1, 1, { volumes })]);
const live = afterCreations(emptyDaemon(), computePlan(desired, emptyDaemon()));
const [original] = live.instances;
const [volume] = live.volumes;
const profile = live.profiles.find(({ project }) => project === 'pro');
if (!original || !volume || !profile) throw new Error('the sample daemon lacks something');

/** What a daemon holds after `incus copy`, `incus storage volume copy` and `incus profile copy`, as `observe` reads it. */
const copied: Observed = {
  ...live,
  instances: ownInstances([...live.instances, { ...original, name: 'copy', status: 'Stopped' }]),
  volumes: [...live.volumes, { ...volume, name: 'vol-copy' }].map(ownVolume),
  profiles: [...live.profiles, { ...profile, name: 'copy' }].map(ownProfile),
};

describe('a copy that somebody made by hand', () => {
  it('is nobody of this infrastructure: no orphan, not flushed, not removed', () => {
    const plan = computePlan(desired, copied, { prune: true });
    expect(plan.orphans).toEqual([]);
    const flushed = computeFlush('mine', copied, { force: true });
    const deleted = flushed.entries.filter(({ action }) => action === 'delete');
    expect(deleted.map(({ id }) => id).filter((id) => id.includes('copy'))).toEqual([]);
    const refused = flushed.entries.find(({ id }) => id === 'project:pro');
    expect(refused).toMatchObject({ action: 'refuse', code: 'in-use' });
    const removal = computeRemoval(desired, copied, ['copy'], { force: true });
    expect(removal.plan.entries).toMatchObject([{ action: 'refuse', code: 'not-ours' }]);
    expect(computeRemoval(desired, copied, 'orphans').plan.entries).toEqual([]);
  });

  it('is named where it blocks the original, with the way out', () => {
    const { notes, entries } = computePlan(desired, copied);
    expect(entries).toEqual([]);
    expect(notes).toMatchObject([{ id: 'instance:pro/pro-1', code: 'address-taken' }]);
    expect(notes[0]?.text.en).toContain('instance:pro/copy');
    expect(notes[0]?.remedy?.en).toContain(
      'anklume incus -- config device remove copy eth0 --project pro',
    );
    const stopped: Observed = {
      ...copied,
      instances: copied.instances.map((one) => ({ ...one, status: 'Stopped' })),
    };
    const plan = computePlan(desired, stopped);
    expect(plan.entries).toMatchObject([{ action: 'refuse', code: 'address-taken' }]);
    expect(plan.notes).toEqual([]);
  });

  it('is known by its MAC too', () => {
    const { eth0, ...others } = original.expanded_devices;
    const { 'ipv4.address': _, ...nic } = eth0 ?? {};
    const devices = { ...others, eth0: nic };
    const moved = copied.instances.map((one) =>
      one.name === 'copy' ? { ...one, devices, expanded_devices: devices } : one,
    );
    const { notes } = computePlan(desired, { ...copied, instances: moved });
    // Its NIC without an address is told as well.
    expect(notes).toMatchObject([{ code: 'mac-taken' }, { code: 'foreign-nic' }]);
  });
});

describe('marks count', () => {
  const marksOf = (more: object) => ownInstance({ ...original, ...more }).config[MARK.project];

  it('on the object that they were written for, and on those of earlier versions', () => {
    expect(marksOf({})).toBe('mine');
    const { [MARK.id]: _, ...config } = original.config;
    expect(marksOf({ config, name: 'anything' })).toBe('mine');
  });

  it.each([{ name: 'other' }, { project: 'other' }])('not on %o', (more) => {
    expect(marksOf(more)).toBeUndefined();
  });
});

describe('what was put aside', () => {
  const origin = { stamp: '20261122-031500', project: 'pro', name: 'pro-1' };
  const whole = { ...origin, profiles: [], devices: {} };
  const { [MARK.project]: _, ...rest } = original.config;
  const config = { ...rest, [MARK.asideOf]: 'mine', [ORIGIN]: JSON.stringify(whole) };
  const asideOf = (more: object) =>
    ownInstance({ ...original, config, ...more }).config[MARK.asideOf];

  it('is known in the trash, on its way there and on its way back', () => {
    const name = asideName(whole);
    expect(asideOf({ project: ASIDE_PROJECT, name })).toBe('mine');
    expect(asideOf({})).toBe('mine');
    expect(asideOf({ name })).toBe('mine');
    expect(asideOf({ project: ASIDE_PROJECT })).toBe('mine');
  });

  it("a copy of it is its maker's, wherever it is", () => {
    expect(asideOf({ project: 'default', name: 'rescued' })).toBeUndefined();
    expect(asideOf({ project: ASIDE_PROJECT, name: 'rescued' })).toBeUndefined();
    expect(asideOf({ project: 'pro', name: 'rescued' })).toBeUndefined();
  });
});
