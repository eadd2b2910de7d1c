import { describe, expect, it } from 'vitest';
import type { Desired } from '../../world/tree/index.ts';
import { reachedBy } from './reached.ts';
import type { GenerationRecord, Target } from './record.ts';

/** A world whose machines all say when they were written: `{ a: ['a1'], b: ['b1'] }`. */
function world(value: number, domains: Readonly<Record<string, readonly string[]>>): Desired {
  return {
    policies: [value],
    domains: Object.entries(domains).map(([name, machines]) => ({
      name,
      project: name,
      description: String(value),
      network: { subnet: value },
      profiles: [{ name: 'p', config: { value } }],
      machines: machines.map((one) => ({
        ...{ name: one, instance: `000-${one}`, image: value, ip: value, volumes: [value] },
      })),
    })),
  } as unknown as Desired;
}

const ALL = { a: ['a1', 'a2'], b: ['b1'] };

interface Run extends Partial<GenerationRecord> {
  readonly domains?: Readonly<Record<string, readonly string[]>>;
}

/** What the last of these runs, which are numbered from 1 on, reached: when each domain and machine was written. */
async function reached(...runs: readonly Run[]) {
  const { domains } = await worldOf(...runs);
  return Object.fromEntries(
    domains.flatMap(({ name, description, machines }) => [
      [name, Number(description)],
      ...machines.map((one) => [one.name, Number(one.image)]),
    ]),
  );
}

async function worldOf(...runs: readonly Run[]) {
  const records = runs.map(
    (run, index) =>
      ({
        kind: 'apply',
        state: 'done',
        hasFiles: true,
        ...run,
        number: index + 1,
      }) as GenerationRecord,
  );
  const trees = runs.map(({ domains = ALL }, index) => world(index + 1, domains));
  const read = async (number: number) => trees[number - 1];
  const last = trees.at(-1) ?? world(0, {});
  return reachedBy(records, runs.length, last, read);
}

describe('P24-02: the world that a run reached', () => {
  it('is its tree where it had no limit', async () => {
    expect(await reached({}, {})).toEqual({ a: 2, a1: 2, a2: 2, b: 2, b1: 2 });
  });

  it('is what the runs before had made, around a domain', async () => {
    expect(await reached({}, { limit: 'a' })).toEqual({ a: 2, a1: 2, a2: 2, b: 1, b1: 1 });
    expect(await reached({}, { limit: 'b' }, { limit: 'a' })).toEqual({
      ...{ a: 3, a1: 3, a2: 3 },
      ...{ b: 2, b1: 2 },
    });
  });

  it.each(['a2', '000-a2'])('the same around a machine, called %s', async (limit) => {
    expect(await reached({}, { limit })).toEqual({ a: 2, a1: 1, a2: 2, b: 1, b1: 1 });
  });

  it('has nothing that was declared and not yet made, and all that was not yet removed', async () => {
    expect(await reached({ domains: { b: ['b1'] } }, { limit: 'a1' })).toEqual({
      ...{ a: 2, a1: 2 },
      ...{ b: 1, b1: 1 },
    });
    expect(await reached({}, { limit: 'a', domains: { a: ['a1'] } })).toEqual({
      ...{ a: 2, a1: 2 },
      ...{ b: 1, b1: 1 },
    });
  });

  it('counts a run that failed, and none that kept no tree', async () => {
    expect(
      await reached({}, { state: 'failed' }, { state: 'begun', hasFiles: false }, { limit: 'b' }),
    ).toEqual({ a: 2, a1: 2, a2: 2, b: 4, b1: 4 });
  });

  it('is that of its target after a rollback', async () => {
    const back = { kind: 'rollback', target: { shape: 2, since: 3 } } as const;
    const limited = await reached({}, { limit: 'a' }, { limit: 'b' }, back, { limit: 'a1' });
    expect(limited).toEqual({ a: 5, a1: 5, a2: 4, b: 1, b1: 1 });
  });

  it('is its tree where none before can be read', async () => {
    expect(await reached({ hasFiles: false }, { limit: 'a' })).toEqual({
      ...{ a: 2, a1: 2, a2: 2 },
      ...{ b: 2, b1: 2 },
    });
  });

  it.each([
    ['a target of no shape', [{ target: { shape: 0, since: 1 } }], { a: 3 }],
    ['a target that is not before it', [{ target: { shape: 3, since: 1 } }], { a: 3 }],
    ['no target', [{}], { a: 3 }],
  ])(
    'is its own tree where a rollback has %s',
    async (_what, [back]: { target?: Target }[], expected) => {
      expect(await reached({}, {}, { kind: 'rollback', ...back })).toMatchObject(expected);
    },
  );

  it('is not that of the target of an apply, nor of a limit that names nothing any more', async () => {
    expect(await reached({}, { target: { shape: 1, since: 1 } })).toMatchObject({ a: 2, b: 2 });
    expect(await reached({}, { limit: 'gone' })).toMatchObject({ a: 2, b: 2 });
  });
});

describe('P24-02: the world that a removal by name reached', () => {
  const removal = { byName: true, removed: ['instance:a/000-a1'] } as const;

  it('is that of before without those machines, whatever the tree said by then', async () => {
    expect(await reached({}, removal)).toEqual({ a: 1, a2: 1, b: 1, b1: 1 });
    expect(await reached({}, { ...removal, domains: { ...ALL, c: ['c1'] } })).toEqual({
      ...{ a: 1, a2: 1 },
      ...{ b: 1, b1: 1 },
    });
  });

  it('takes each from its own project alone', async () => {
    const others = { byName: true, removed: ['instance:b/000-a1', 'volume:a/p/000-a1'] } as const;
    expect(await reached({}, others)).toEqual({ a: 1, a1: 1, a2: 1, b: 1, b1: 1 });
  });

  it('is what other runs go on from', async () => {
    expect(await reached({}, removal, { limit: 'b' })).toEqual({ a: 1, a2: 1, b: 3, b1: 3 });
  });

  it('is its tree without them where none before can be read', async () => {
    expect(await reached({ hasFiles: false }, removal)).toEqual({ a: 2, a2: 2, b: 2, b1: 2 });
  });
});

describe('P24-02: the world that a run for some kinds of objects reached', () => {
  /** When the bridge, the profile, the first machine, its address and its volume were written. */
  const parts = async (...runs: readonly Run[]) => {
    const { domains } = await worldOf(...runs);
    const [domain] = domains;
    const [machine] = domain?.machines ?? [];
    return [
      domain?.network.subnet,
      domain?.profiles[0]?.config.value,
      machine && [machine.image, machine.ip, machine.volumes[0]],
    ];
  };

  it.each([
    ['instances', [1, 1, [2, 2, 2]]],
    ['profiles', [1, 2, [1, 1, 1]]],
    // Machines go along with their bridge.
    ['networks', [2, 1, [1, 2, 1]]],
    ['volumes', [1, 1, [1, 1, 2]]],
    ['images', [1, 1, [1, 1, 1]]],
  ])('has those alone: %s', async (kind, expected) => {
    expect(await parts({}, { kinds: [kind] })).toEqual(expected);
  });

  it('has several, and knows a limit beside them', async () => {
    expect(await parts({}, { kinds: ['networks', 'profiles'] })).toEqual([2, 2, [1, 2, 1]]);
    expect(await parts({}, { kinds: ['instances'], limit: 'b' })).toEqual([1, 1, [1, 1, 1]]);
    expect(await parts({}, { kinds: ['instances'], limit: 'a' })).toEqual([1, 1, [2, 2, 2]]);
  });

  it('has no domain that was declared and not made, the ground of one that was, and all that stayed', async () => {
    const more = { ...ALL, c: ['c1'] };
    const names = async (kind: string, domains: typeof more | { a: string[] }) =>
      Object.keys(await reached({}, { kinds: [kind], domains })).sort();
    expect(await names('profiles', more)).toEqual(['a', 'a1', 'a2', 'b', 'b1']);
    expect(await names('networks', more)).toEqual(['a', 'a1', 'a2', 'b', 'b1', 'c']);
    expect(await names('networks', { a: ['a1'] })).toEqual(['a', 'a1', 'a2', 'b', 'b1']);
  });
});
