import { describe, expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../tests/integration/engine/sample-daemon.ts';
import { domain, machine, world } from '../../tests/integration/engine/world.ts';
import type { DesiredMachine, DesiredProfile } from '../world/tree/index.ts';
import { computePlan } from './compute-plan.ts';
import type { Observed } from './observed.ts';
import { shrinksOf } from './shrinks.ts';
import { specsOf } from './specs.ts';

const MIB = 2 ** 20;
const root = (size?: string) => ({
  root: { type: 'disk', path: '/', pool: 'default', ...(size && { size }) },
});
const wanted = (more: Partial<DesiredMachine>, profiles: readonly DesiredProfile[] = []) =>
  world('mine', [domain('pro', 1, [machine('pro', 'web', '10.199.1.1', more)], { profiles })]);
const volume = (size?: string) => [{ name: 'data', path: '/d', config: {}, ...(size && { size }) }];

/** What stands there when `before` was applied: all of it runs, and inherits what profiles give. */
function there(before: ReturnType<typeof wanted>): Observed {
  const made = afterCreations(emptyDaemon(), computePlan(before, emptyDaemon()));
  return {
    ...made,
    instances: made.instances.map((one) => {
      const inherited = one.profiles.map(
        (name) => made.profiles.find((p) => p.project === 'pro' && p.name === name)?.devices,
      );
      const expanded = Object.assign({}, ...inherited, one.devices);
      return { ...one, status: 'Running', expanded_devices: expanded };
    }),
  };
}
const looksAt = (before: ReturnType<typeof wanted>, after: typeof before) => {
  const observed = there(before);
  return shrinksOf(specsOf(after, observed), observed).map(({ holder, by, size }) => [
    holder,
    by,
    size,
  ]);
};
const WEB = 'instance:pro/web';
const DATA = 'volume:pro/default/data';

describe('case 31: disks that are to become smaller are looked at', () => {
  it.each([
    ['300MiB', '100MiB', 1],
    ['300MiB', '300MiB', 0],
    ['1GiB', '1024MiB', 0],
    ['300MiB', '1GiB', 0],
    [undefined, '1GiB', 1],
    ['300MiB', undefined, 0],
  ])('volumes and root disks, from %s to %s', (from, to, count) => {
    const data = looksAt(wanted({ volumes: volume(from) }), wanted({ volumes: volume(to) }));
    expect(data).toEqual(Array.from({ length: count }, () => [DATA, DATA, to]));
    const disk = looksAt(wanted({ devices: root(from) }), wanted({ devices: root(to) }));
    expect(disk).toEqual(Array.from({ length: count }, () => [WEB, WEB, to]));
  });

  it('root disks that a profile gives, or that come to be given by one', () => {
    const profile = (size: string) => [{ name: 'default', config: {}, devices: root(size) }];
    const by = 'profile:pro/default';
    expect(looksAt(wanted({}, profile('2GiB')), wanted({}, profile('1GiB')))).toEqual([
      [WEB, by, '1GiB'],
    ]);
    expect(
      looksAt(wanted({ devices: root('2GiB') }, profile('1GiB')), wanted({}, profile('1GiB'))),
    ).toEqual([[WEB, by, '1GiB']]);
    const own = { devices: root('2GiB') };
    expect(looksAt(wanted(own, profile('2GiB')), wanted(own, profile('1GiB')))).toEqual([]);
  });

  it('and refused where their content would not fit', () => {
    const before = wanted({ volumes: volume('300MiB'), devices: root('300MiB') });
    const after = wanted({ volumes: volume('100MiB'), devices: root('100MiB') });
    const plan = (usage: Record<string, number>) =>
      computePlan(after, { ...there(before), usage }).entries.map((entry) => [
        entry.id,
        'code' in entry ? entry.code : entry.action,
      ]);
    const good = [
      [DATA, 'update'],
      [WEB, 'update'],
    ];
    expect(plan({})).toEqual(good);
    expect(plan({ [DATA]: 96 * MIB, [WEB]: 96 * MIB })).toEqual(good);
    expect(plan({ [DATA]: 97 * MIB, [WEB]: 97 * MIB })).toEqual([
      [DATA, 'too-small'],
      [WEB, 'too-small'],
    ]);
    const [entry] = computePlan(after, { ...there(before), usage: { [DATA]: 150 * MIB } }).entries;
    expect(entry).toMatchObject({
      reason: {
        en: "'data' holds 150 MiB, which does not fit into 100MiB: it could write no more.",
      },
      remedy: { en: expect.stringContaining('at least 154MiB') },
    });
  });

  it('a profile is refused when one of its machines would not fit', () => {
    const profile = (size: string) => [{ name: 'default', config: {}, devices: root(size) }];
    const observed = { ...there(wanted({}, profile('2GiB'))), usage: { [WEB]: 1.5 * 1024 * MIB } };
    expect(computePlan(wanted({}, profile('1GiB')), observed).entries).toMatchObject([
      { id: 'profile:pro/default', action: 'refuse', code: 'too-small' },
    ]);
  });
});
