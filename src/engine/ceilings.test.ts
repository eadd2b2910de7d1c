import { describe, expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../tests/integration/engine/sample-daemon.ts';
import { domain, machine, world } from '../../tests/integration/engine/world.ts';
import type { DesiredDomain, DesiredMachine } from '../world/tree/index.ts';
import { computePlan } from './compute-plan.ts';
import type { Observed } from './observed.ts';

const GIB = 2 ** 30;
const KEYS = /^(limits\.|linux\.sysctl\.)/;
const USUAL = {
  'limits.processes': '8192',
  'limits.memory': '90%',
  'limits.memory.enforce': 'soft',
  'linux.sysctl.user.max_inotify_instances': '512',
  'linux.sysctl.user.max_inotify_watches': '262144',
};

const pool = (total: number, used = 0, driver = 'btrfs'): Observed => {
  const daemon = emptyDaemon();
  const pools = daemon.pools.map((one) => ({ ...one, driver, space: { total, used } }));
  return { ...daemon, pools };
};

function planned(
  more: Partial<DesiredMachine> = {},
  around: Partial<DesiredDomain> = {},
  observed: Observed = pool(100 * GIB),
) {
  const wanted = world('mine', [
    domain('pro', 1, [machine('pro', 'web', '10.199.1.1', more)], around),
  ]);
  const plan = computePlan(wanted, observed);
  const body = (id: string) => {
    const entry = plan.entries.find((one) => one.id === id);
    return entry && 'body' in entry ? entry.body : undefined;
  };
  const instance = body('instance:pro/web');
  return {
    wanted,
    plan,
    config: Object.fromEntries(
      Object.entries(instance?.config ?? {}).filter(([key]) => KEYS.test(key)),
    ),
    profileRoot: body('profile:pro/default')?.devices?.root,
    root: instance?.devices?.root,
  };
}

describe('B06-03: ceilings', () => {
  it('are there by default, of processes, memory and watched files, and not for virtual machines', () => {
    expect(planned().config).toEqual(USUAL);
    expect(planned({ type: 'vm' }).config).toEqual({});
    const nesting = { 'security.nesting': 'yes' };
    expect(planned({ config: nesting }).config['limits.processes']).toBe('32768');
  });

  it('are raised and lifted by the domain, and by the machine before it', () => {
    const around = { ceilings: { processes: 1000, memory: '4GiB', inotify: false } } as const;
    expect(planned({}, around).config).toEqual({
      'limits.processes': '1000',
      'limits.memory': '4GiB',
      'limits.memory.enforce': 'soft',
    });
    const ceilings = { processes: false, inotify: 64 } as const;
    expect(planned({ ceilings }, around).config).toEqual({
      'limits.memory': '4GiB',
      'limits.memory.enforce': 'soft',
      'linux.sysctl.user.max_inotify_instances': '64',
      'linux.sysctl.user.max_inotify_watches': '32768',
    });
  });

  it('give way to what is declared, on the machine or in a profile', () => {
    const own = { 'limits.memory': '1GiB', 'limits.processes': '50' };
    const { config } = planned({ config: own });
    expect(config).toMatchObject(own);
    expect(config).not.toHaveProperty('limits.memory.enforce');
    const profiles = [{ name: 'small', config: own, devices: {} }];
    const { config: rest } = planned({ profiles: ['default', 'small'] }, { profiles });
    expect(Object.keys(rest)).toEqual(Object.keys(USUAL).slice(3));
  });

  it('give way to what somebody set by hand, and go when they are lifted', () => {
    const { wanted, plan } = planned();
    const made = afterCreations(pool(100 * GIB), plan);
    expect(computePlan(wanted, made).entries).toEqual([]);
    const [web] = made.instances;
    if (!web) throw new Error('no instance');
    const lifted = planned({ ceilings: { processes: false } }, {}, made).plan.entries;
    expect(lifted).toMatchObject([{ body: { config: { 'limits.processes': null } } }]);
    // As of a machine that was made before there were ceilings.
    const { 'limits.processes': _p, 'user.anklume.keys': _k, ...config } = web.config;
    const byHand = { ...config, 'limits.processes': '77' };
    const instances = [{ ...web, config: byHand, expanded_config: byHand }];
    const { entries } = computePlan(wanted, { ...made, instances });
    expect(JSON.stringify(entries)).not.toContain('8192');
  });

  it('of the root disk stand in the default profile, as a part of the pool', () => {
    expect(planned().profileRoot).toMatchObject({ size: '75GiB' });
    expect(planned().root).toBeUndefined();
    for (const driver of ['dir', 'lvm', 'ceph'])
      expect(planned({}, {}, pool(100 * GIB, 0, driver)).profileRoot).not.toHaveProperty('size');
    expect(planned({}, { ceilings: { disk: '10%' } }).profileRoot).toMatchObject({ size: '10GiB' });
    expect(planned({}, { ceilings: { disk: '200GiB' } }).profileRoot).toMatchObject({
      size: '200GiB',
    });
    expect(planned({}, { ceilings: { disk: false } }).profileRoot).not.toHaveProperty('size');
  });

  it('of one root disk stand on its machine', () => {
    expect(planned({ ceilings: { disk: '10GiB' } }).root).toMatchObject({
      size: '10GiB',
      path: '/',
    });
    const unlimited = planned({ ceilings: { disk: false } });
    expect(unlimited.root).toEqual({ type: 'disk', path: '/', pool: 'default' });
    // A virtual machine would get a disk of that size: the profile has none then, and containers their own.
    const vm = machine('pro', 'vm', '10.199.1.2', { type: 'vm' });
    const wanted = world('mine', [domain('pro', 1, [machine('pro', 'web', '10.199.1.1'), vm])]);
    const { entries } = computePlan(wanted, pool(100 * GIB));
    const roots = entries.flatMap((entry) =>
      'body' in entry && entry.body.devices?.root
        ? [[entry.name, entry.body.devices.root.size]]
        : [],
    );
    expect(roots).toEqual([
      ['default', undefined],
      ['web', '75GiB'],
    ]);
    const own = { root: { type: 'disk', path: '/', pool: 'default', size: '3GiB' } };
    expect(planned({ devices: own }).root).toEqual(own.root);
  });

  it('of disks do not follow every change of the pool, and never go below what may be in use', () => {
    const first = planned();
    const made = (total: number, used: number) => ({
      ...afterCreations(pool(total, used), first.plan),
    });
    for (const total of [84, 100, 149])
      expect(computePlan(first.wanted, made(total * GIB, 0)).entries).toEqual([]);
    expect(computePlan(first.wanted, made(1000 * GIB, 0)).entries).toHaveLength(1);
    // From before there were ceilings: on a pool this full a machine could be over it.
    const earlier = (used: number): Observed => {
      const live = made(100 * GIB, used * GIB);
      const profiles = live.profiles.map((one) => {
        const { size: _, ...root } = one.devices.root ?? {};
        return one.devices.root ? { ...one, devices: { ...one.devices, root } } : one;
      });
      const instances = live.instances.map((one) => ({
        ...one,
        expanded_devices: { ...one.expanded_devices, root: { type: 'disk', path: '/' } },
      }));
      return { ...live, profiles, instances };
    };
    const size = (observed: Observed) =>
      JSON.stringify(computePlan(first.wanted, observed).entries).includes('75GiB');
    expect(size(earlier(74))).toBe(true);
    expect(size(earlier(80))).toBe(false);
  });
});
