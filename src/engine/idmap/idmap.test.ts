import { describe, expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../../tests/integration/engine/sample-daemon.ts';
import { domain, machine, world } from '../../../tests/integration/engine/world.ts';
import type { DesiredDomain, DesiredMachine } from '../../world/tree/index.ts';
import { computePlan } from '../compute-plan.ts';
import type { Observed } from '../observed.ts';
import { freeIds, nestedSize, PLAIN_SIZE, subIdsOf } from './sub-ids.ts';

const NESTING = { 'security.nesting': 'true' };
const pro = (machines: readonly DesiredMachine[], more: Partial<DesiredDomain> = {}) =>
  world('mine', [domain('pro', 1, machines, more)]);
const one = (name: string, more: Partial<DesiredMachine> = {}) =>
  machine('pro', name, `10.199.1.${name.length}`, more);
const shifting = (observed: Observed): Observed => {
  const { environment } = observed.server;
  const kernel_features = { idmapped_mounts: 'true' };
  return {
    ...observed,
    server: { ...observed.server, environment: { ...environment, kernel_features } },
  };
};
const daemon = shifting(emptyDaemon());

/** The keys about ids that the instances of a plan get. */
function ids(desired: ReturnType<typeof world>, observed: Observed = daemon) {
  const { entries } = computePlan(desired, observed);
  return Object.fromEntries(
    entries.flatMap((entry) =>
      entry.kind === 'instance' && 'body' in entry
        ? [
            [
              entry.name,
              Object.fromEntries(
                Object.entries(entry.body.config).flatMap(([key, value]) =>
                  key.startsWith('security.idmap.')
                    ? [[key.slice('security.idmap.'.length), value]]
                    : [],
                ),
              ),
            ],
          ]
        : [],
    ),
  );
}

/** A live map as Incus writes it. */
const mapped = (start: number, size: number) =>
  JSON.stringify([
    { Isuid: true, Isgid: false, Hostid: start, Nsid: 0, Maprange: size },
    { Isuid: false, Isgid: true, Hostid: start, Nsid: 0, Maprange: size },
  ]);

describe('B06-02: users of its own', () => {
  it('every container has them, and no virtual machine', () => {
    expect(ids(pro([one('web'), one('vm', { type: 'vm' })]))).toEqual({
      web: { isolated: 'true' },
      vm: {},
    });
  });

  it('what is declared wins, on the machine and in its profiles', () => {
    const profiles = [{ name: 'wide', config: { 'security.idmap.isolated': 'no' }, devices: {} }];
    const machines = [
      one('wider', { profiles: ['default', 'wide'] }),
      one('own', { config: { 'security.idmap.isolated': 'yes', 'security.idmap.size': '200000' } }),
      one('root', { config: { 'security.privileged': 'true' } }),
    ];
    expect(ids(pro(machines, { profiles }))).toEqual({
      wider: {},
      own: { isolated: 'yes', size: '200000' },
      root: {},
    });
  });

  it('a host of others has what fits twice, as a snapshot takes as many again, and several share', () => {
    const hosts = (n: number) =>
      pro(Array.from({ length: n }, (_, i) => one(`host${'x'.repeat(i)}`, { config: NESTING })));
    const sizes = (n: number, size = 1_000_000_000) =>
      Object.values(ids(hosts(n), { ...daemon, subIds: { start: 1_000_000, size } })).map(
        (keys) => keys.size,
      );
    expect(sizes(1)).toEqual(['251000000']);
    expect(sizes(1, 2_000_000_000)).toEqual(['501000000']);
    expect(sizes(2)).toEqual(['251000000', '251000000']);
    expect(sizes(1, 500_000_000)).toEqual(['126000000']);
    expect(sizes(1, 100_000_000)).toEqual(['32250000']);
    expect(new Set(sizes(30))).toEqual(new Set(['16625000']));
    expect(sizes(1, 10_000_000)).toEqual(['1976562'].map(() => expect.stringMatching(/^\d{5,7}$/)));
  });

  it('a host that has its map keeps its size, whatever comes beside it', () => {
    const first = pro([one('host', { config: NESTING })]);
    const made = afterCreations(daemon, computePlan(first, daemon));
    const instances = made.instances.map((live) => {
      const more = {
        'volatile.idmap.base': '1065536',
        'volatile.idmap.next': mapped(1_065_536, 501_000_000),
      };
      const config = { ...live.config, ...more };
      return { ...live, config, expanded_config: { ...live.expanded_config, ...more } };
    });
    const second = pro([one('host', { config: NESTING }), one('another', { config: NESTING })]);
    const found = ids(second, { ...made, instances });
    expect(found).toEqual({ another: { isolated: 'true', size: '126000000' } });
  });

  it('machines are refused before anything is touched where ids do not suffice', () => {
    const twenty = pro(Array.from({ length: 20 }, (_, i) => one(`m${'x'.repeat(i)}`)));
    const refused = (size: number) =>
      computePlan(twenty, { ...daemon, subIds: { start: 1_000_000, size } }).entries.filter(
        ({ action }) => action === 'refuse',
      );
    expect(refused(22 * PLAIN_SIZE)).toEqual([]);
    expect(refused(22 * PLAIN_SIZE - 1)).toHaveLength(20);
    expect(refused(0)[0]).toMatchObject({ code: 'sub-ids-exhausted' });
  });
});

describe('B06-02: volumes that several see', () => {
  const data = { name: 'data', path: '/data', config: {} };
  const both = pro([one('a', { volumes: [data] }), one('bb', { volumes: [data] })]);
  const volumeOf = (desired: ReturnType<typeof world>, observed: Observed) =>
    computePlan(desired, observed).entries.find(({ kind }) => kind === 'volume');

  it('are shown to each as its own, where more than one does', () => {
    expect(volumeOf(both, daemon)).toMatchObject({
      body: { config: { 'security.shifted': 'true' } },
    });
    const alone = pro([one('a', { volumes: [data] }), one('bb')]);
    expect(volumeOf(alone, daemon)).not.toMatchObject({
      body: { config: { 'security.shifted': 'true' } },
    });
  });

  it('also where they are plain devices, of the machine or of a profile', () => {
    const disk = { type: 'disk', pool: 'default', source: 'data', path: '/data' };
    const profiles = [{ name: 'data', config: {}, devices: { data: disk } }];
    const machines = [one('a', { volumes: [data] }), one('bb', { profiles: ['default', 'data'] })];
    expect(volumeOf(pro(machines, { profiles }), daemon)).toMatchObject({
      body: { config: { 'security.shifted': 'true' } },
    });
  });

  it('leave machines together where the kernel cannot show a file under two owners', () => {
    expect(ids(both, emptyDaemon())).toEqual({
      a: { isolated: 'false', size: '65536' },
      bb: { isolated: 'false', size: '65536' },
    });
    const off = { ...data, config: { 'security.shifted': 'false' } };
    expect(ids(pro([one('a', { volumes: [off] }), one('bb', { volumes: [off] })]))).toMatchObject({
      a: { isolated: 'false' },
    });
    const stray = { type: 'disk', pool: 'default', source: 'stray', path: '/stray' };
    const byHand = [one('a', { devices: { stray } }), one('bb', { devices: { stray } })];
    expect(ids(pro(byHand))).toMatchObject({ a: { isolated: 'false' } });
  });

  it('restart the machines that run with them when they begin to be shared, and no stranger', () => {
    const alone = pro([one('a', { volumes: [data] })]);
    const made = afterCreations(daemon, computePlan(alone, daemon));
    expect(volumeOf(both, made)).toMatchObject({
      action: 'update',
      body: { config: { 'security.shifted': 'true' }, restarts: ['a'] },
    });
    const stopped = made.instances.map((live) => ({ ...live, status: 'Stopped' }));
    expect(volumeOf(both, { ...made, instances: stopped })).not.toHaveProperty('body.restarts');
    const [first] = made.instances;
    if (!first) throw new Error('no instance');
    const stranger = { ...first, name: 'stranger', config: {} };
    const crowded = { ...made, instances: [...made.instances, stranger] };
    expect(volumeOf(both, crowded)).toMatchObject({ action: 'refuse', code: 'volume-in-use' });
    // One that is no longer shared stays as it is: a change would stop machines.
    const shared = afterCreations(daemon, computePlan(both, daemon));
    expect(volumeOf(alone, shared)).toBeUndefined();
  });
});

describe('B06-02: what runs', () => {
  const desired = pro([one('a'), one('bb')]);
  const made = afterCreations(daemon, computePlan(desired, daemon));
  const running = (maps: Record<string, Record<string, string>>): Observed => ({
    ...made,
    instances: made.instances.map((live) => {
      const config = { ...live.config, ...maps[live.name] };
      return { ...live, config, expanded_config: { ...live.expanded_config, ...config } };
    }),
  });
  const notes = (observed: Observed) =>
    computePlan(desired, observed).notes.map(({ id, code, drift }) => [id, code, drift]);
  const both = (now: string, next = now) => ({
    'volatile.idmap.current': now,
    'volatile.idmap.next': next,
  });
  const [mine, theirs, all] = [
    mapped(1_065_536, PLAIN_SIZE),
    mapped(1_131_072, PLAIN_SIZE),
    mapped(1_000_000, 1_000_000_000),
  ];

  it('is told until the next start of a machine that has an old map', () => {
    expect(notes(running({ a: both(mine), bb: both(theirs) }))).toEqual([]);
    expect(notes(running({ a: both(all, mine), bb: both(theirs) }))).toEqual([
      ['instance:pro/a', 'idmap-at-next-start', true],
    ]);
  });

  it('is told of a machine that has none: it is root of the host', () => {
    const none = { 'volatile.idmap.current': '[]', 'volatile.idmap.next': mine };
    expect(notes(running({ a: none, bb: both(theirs) }))).toEqual([
      ['instance:pro/a', 'idmap-host-root', true],
    ]);
  });

  it('is told where two machines are the same users', () => {
    expect(notes(running({ a: both(mine), bb: both(mine) }))).toEqual([
      ['instance:pro/a', 'idmap-shared', true],
      ['instance:pro/bb', 'idmap-shared', true],
    ]);
    const half = mapped(1_065_536 + 100, PLAIN_SIZE);
    expect(notes(running({ a: both(mine), bb: both(half) }))).toHaveLength(2);
  });

  it('is told of machines of before, with the plan that mends them', () => {
    const before = {
      ...made,
      instances: made.instances.map((live) => {
        const { 'security.idmap.isolated': _, ...config } = live.config;
        return { ...live, config, expanded_config: config };
      }),
    };
    const { entries, notes: told } = computePlan(desired, before);
    expect(entries).toHaveLength(2);
    expect(told.map(({ code }) => code)).toEqual(['idmap-at-next-start', 'idmap-at-next-start']);
  });

  it('is not taken at its word: what is no map is none', () => {
    for (const hostile of ['', '{', 'null', '[null]', '[{"Isuid":true}]', '7'])
      expect(() => notes(running({ a: both(hostile), bb: both(mine) }))).not.toThrow();
  });
});

describe('the range of the daemon', () => {
  it.each([
    ['root:1000000:1000000000', { start: 1_000_000, size: 1_000_000_000 }],
    ['# x\nme:1:2\nroot:1000:1\nroot:2000000:500000 # y\n', { start: 2_000_000, size: 500_000 }],
    ['0:100000:65536', { start: 100_000, size: 65_536 }],
    ['root:100000:65535', undefined],
    ['me:100000:65536', undefined],
    ['root:abc:65536', undefined],
    ['root:1000000:70000\n0:1:999999', { start: 1_000_000, size: 70_000 }],
    ['', undefined],
  ])('of %j', (text, range) => {
    expect(subIdsOf(text, text)).toEqual(range);
  });

  it('is what users and groups both have', () => {
    const groups = 'root:1000000:100000';
    expect(subIdsOf('root:1000000:1000000000', groups)).toEqual({
      start: 1_000_000,
      size: 100_000,
    });
    expect(subIdsOf('root:100:1000000', 'root:200:1000000')).toBeUndefined();
  });

  it('is divided by what others have taken', () => {
    const live = { name: 'x', project: 'p', type: 'container', status: 'Stopped' };
    const taken = {
      ...live,
      config: {
        'volatile.idmap.base': '1065536',
        'volatile.idmap.next': mapped(1_065_536, PLAIN_SIZE),
      },
      expanded_config: { 'security.idmap.isolated': 'TRUE' },
    };
    const range = { start: 1_000_000, size: 10 * PLAIN_SIZE };
    expect(freeIds(range, [])).toBe(9 * PLAIN_SIZE);
    expect(freeIds(range, [taken, { ...taken, expanded_config: {} }])).toBe(8 * PLAIN_SIZE);
    expect(nestedSize(-1, 1)).toBe(PLAIN_SIZE);
  });
});
