import { describe, expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../tests/integration/engine/sample-daemon.ts';
import { domain, machine, world } from '../../tests/integration/engine/world.ts';
import { computePlan } from './compute-plan.ts';
import { MARK } from './marks.ts';
import type { Observed } from './observed.ts';
import { findLeftovers, removals } from './orphans.ts';
import { orphanTargets } from './removal-targets.ts';
import { specsOf } from './specs.ts';

const volumes = [{ name: 'data', path: '/data', config: {} }];
const profiles = [{ name: 'extra', config: {}, devices: {} }];
const left = domain(
  'left',
  1,
  [
    machine('left', 'one', '10.199.1.1', { volumes, profiles: ['default', 'extra'] }),
    machine('left', 'two', '10.199.1.2', {
      devices: { eth1: { type: 'nic', network: 'net-left', name: 'eth1' } },
    }),
  ],
  { profiles },
);
const kept = domain(
  'kept',
  2,
  [machine('kept', 'stays', '10.199.2.1', { volumes, profiles: ['default', 'extra'] })],
  { profiles },
);
const before = world('mine', [left, kept]);
const live = afterCreations(emptyDaemon(), computePlan(before, emptyDaemon()));
const after = world('mine', [kept]);

const pruned = (observed: Observed) => computePlan(after, observed, { prune: true }).entries;
const told = (observed: Observed) =>
  pruned(observed).map((entry) => [
    entry.id,
    'code' in entry ? entry.code : entry.action,
    ...[...entry.needs].sort(),
  ]);
const withInstance = (name: string, more: object): Observed => ({
  ...live,
  instances: live.instances.map((one) => (one.name === name ? { ...one, ...more } : one)),
});
const withVolume = (config: Record<string, string>): Observed => ({
  ...live,
  volumes: live.volumes.map((one) =>
    one.project === 'left' ? { ...one, config: { ...one.config, ...config } } : one,
  ),
});
const LOCKED = { 'security.protection.delete': 'true' };

describe('a domain that infra.yml names no more and the tree still does', () => {
  const behind = world('mine', [kept, { ...left, undeclared: true }]);
  const locked = withInstance('one', { expanded_config: LOCKED });

  it('makes nothing new, whatever of it is missing', () => {
    const ids = computePlan(behind, emptyDaemon()).entries.map(({ id }) => id);
    expect(ids.some((id) => id.includes('left'))).toBe(false);
    expect(ids).toContain('instance:kept/stays');
    const lacking = { ...live, instances: live.instances.filter(({ name }) => name !== 'one') };
    const plan = computePlan(behind, lacking);
    expect(plan.entries).toEqual([]);
    expect(plan.resting).toEqual(['instance:left/one']);
    expect(computePlan(before, lacking).entries.map(({ id }) => id)).toEqual(['instance:left/one']);
  });

  it('is left over, and goes with --prune; what is protected stays with what it stands on', () => {
    expect(computePlan(behind, live).orphans.map(({ id }) => id)).toContain('instance:left/two');
    const all = computePlan(behind, live, { prune: true });
    expect(all.entries.map(({ id }) => id).sort()).toEqual(
      pruned(live)
        .map(({ id }) => id)
        .sort(),
    );
    const some = computePlan(behind, locked, { prune: true });
    expect(some.entries.map(({ id, action }) => [action, id])).toEqual([
      ['delete', 'instance:left/two'],
    ]);
  });

  it('counts among the orphans that are removed by name of nothing', () => {
    const names = (desired: typeof before) =>
      orphanTargets(desired, live).map((one) => one.machine);
    expect(names(behind).sort()).toEqual(['one', 'two']);
    expect(names(before)).toEqual([]);
  });
});

describe('what nothing declares any more', () => {
  it('and is protected stops nothing where that is asked for', () => {
    const locked = withInstance('one', { expanded_config: LOCKED });
    const { entries } = computePlan(after, locked, { prune: true, sparesProtected: true });
    expect(entries.map(({ id, action }) => [action, id])).toEqual([
      ['delete', 'instance:left/two'],
    ]);
  });

  it('and is to stay stays with what it stands on', () => {
    const stays = (...ids: string[]) => {
      const { entries, orphans } = computePlan(after, live, { prune: true, spared: new Set(ids) });
      expect(orphans.map(({ id }) => id)).toContain(ids[0]);
      expect(entries.every(({ action }) => action === 'delete')).toBe(true);
      return entries.map(({ id }) => id);
    };
    expect(stays('instance:left/one')).toEqual(['instance:left/two']);
    expect(stays('instance:left/two').sort()).toEqual([
      'instance:left/one',
      'profile:left/extra',
      'volume:left/default/data',
    ]);
    expect(stays('instance:left/one', 'instance:left/two')).toEqual([]);
  });

  it('goes, each after all that stands on it', () => {
    expect(told(live)).toMatchInlineSnapshot(`
      [
        [
          "instance:left/one",
          "delete",
        ],
        [
          "instance:left/two",
          "delete",
        ],
        [
          "volume:left/default/data",
          "delete",
          "instance:left/one",
        ],
        [
          "profile:left/extra",
          "delete",
          "instance:left/one",
        ],
        [
          "project:left",
          "delete",
          "instance:left/one",
          "instance:left/two",
          "profile:left/extra",
          "volume:left/default/data",
        ],
        [
          "network:net-left",
          "delete",
          "instance:left/one",
          "instance:left/two",
          "project:left",
        ],
      ]
    `);
  });

  it('is told with its place and whose it was', () => {
    expect(
      pruned(live).map(({ kind, name, project, domain: whose, pool }) =>
        [kind, name, project ?? '-', whose ?? '-', pool ?? '-'].join(' '),
      ),
    ).toMatchInlineSnapshot(`
      [
        "instance one left left -",
        "instance two left left -",
        "volume data left left default",
        "profile extra left left -",
        "project left left left -",
        "network net-left - left -",
      ]
    `);
  });

  it('stays while a machine of others, or a disposable one, is on it', () => {
    const guests = live.instances
      .filter(({ name }) => name === 'two')
      .map((one) => ({
        ...one,
        name: 'guest',
        config: {},
        expanded_config: {},
        profiles: ['default', 'extra'],
      }));
    for (const observed of [
      { ...live, instances: [...live.instances, ...guests] },
      { ...live, disposables: guests },
    ]) {
      const kinds = told(observed).map(([id, action]) => `${action} ${id}`);
      expect(kinds).toMatchInlineSnapshot(`
        [
          "delete instance:left/one",
          "delete instance:left/two",
          "delete volume:left/default/data",
          "in-use profile:left/extra",
          "in-use project:left",
          "in-use network:net-left",
        ]
      `);
    }
  });

  it('stays while a machine nobody can read is in it', () => {
    const observed = { ...live, unreadable: [{ project: 'left', name: 'lost' }] };
    expect(told(observed).find(([id]) => id === 'project:left')).toEqual([
      'project:left',
      'in-use',
    ]);
  });

  it('a volume waits for each machine of its project that has it, by pool and name', () => {
    const disk = { type: 'disk', path: '/x', source: 'one-data', pool: 'default' };
    const volumeOf = (devices: object) => {
      const entries = told(withInstance('two', { expanded_devices: devices }));
      return entries.find(([id]) => id?.startsWith('volume:left'))?.slice(2);
    };
    const id = live.volumes.find(({ project }) => project === 'left')?.name ?? '';
    const both = ['instance:left/one', 'instance:left/two'];
    expect(volumeOf({ x: { ...disk, source: id } })).toEqual(both);
    expect(volumeOf({ a: { type: 'none' }, x: { ...disk, source: id } })).toEqual(both);
    expect(volumeOf({ x: { ...disk, source: id, pool: 'other' } })).toEqual(both.slice(0, 1));
    expect(volumeOf({ x: { ...disk, source: 'other' } })).toEqual(both.slice(0, 1));
  });

  it('stays when protected, with the command that lifts it, and what it stands on stays too', () => {
    const machineKept = pruned(
      withInstance('two', { expanded_config: { 'security.protection.delete': 'true' } }),
    );
    const refused = machineKept.filter(({ action }) => action === 'refuse');
    expect(refused.map((entry) => [entry.id, 'code' in entry && entry.code])).toEqual([
      ['instance:left/two', 'protected'],
      ['project:left', 'in-use'],
      ['network:net-left', 'in-use'],
    ]);
    expect(refused[0]).toMatchObject({
      needs: [],
      remedy: {
        en: expect.stringContaining(
          'anklume incus -- config set two security.protection.delete=false --project left',
        ),
      },
    });
    const [volume] = pruned(withVolume({ [MARK.protected]: 'true' })).filter(
      ({ action }) => action === 'refuse',
    );
    expect(volume).toMatchObject({ kind: 'volume', code: 'protected' });
    expect(volume && 'remedy' in volume && volume.remedy?.en).toMatch(
      new RegExp(`storage volume set default \\S+ ${MARK.protected}=false --project left`),
    );
  });

  it('goes in spite of it when forced, and what protects a machine is lifted first', () => {
    const guarded: Observed = {
      ...withVolume({ [MARK.protected]: 'true' }),
      instances: withInstance('two', {
        expanded_config: { 'security.protection.delete': 'true' },
      }).instances,
    };
    const all = { domains: [], covers: () => true };
    const leftovers = findLeftovers('mine', guarded, specsOf(after, guarded).all, all);
    const entries = removals(leftovers, new Map(), { force: true });
    expect(entries.map(({ action }) => action)).toEqual(Array(6).fill('delete'));
    expect(entries.filter((one) => 'unprotect' in one).map(({ id }) => id)).toEqual([
      'instance:left/two',
    ]);
  });

  it('is listed and left without --prune', () => {
    const plan = computePlan(after, withVolume({ [MARK.protected]: 'true' }));
    expect(plan.entries).toEqual([]);
    expect(plan.orphans.map(({ kind, protected: isKept }) => [kind, isKept])).toEqual([
      ['instance', false],
      ['instance', false],
      ['volume', true],
      ['profile', false],
      ['project', false],
      ['network', false],
    ]);
  });

  it('of others, or without a mark, is no leftover', () => {
    const config = { [MARK.project]: 'theirs' };
    expect(told(withInstance('two', { config }))[0]?.[0]).toBe('instance:left/one');
    const ids = told(withInstance('two', { config })).map(([id]) => id);
    expect(ids).not.toContain('instance:left/two');
  });
});
