import { describe, expect, it } from 'vitest';
import { shownTime } from '../../base/system/index.ts';
import type { InstanceFull } from '../../incus/index.ts';
import { decideCreate, decideDelete, decideRestore } from './decide.ts';
import type { Seen } from './look.ts';

const place = { domain: 'pro', machine: 'pro-dev', instance: 'pro-dev', project: 'pro' };

function seen(names: readonly string[], owner = 'mine'): Seen {
  const live = {
    config: { 'user.anklume.project': owner },
    expanded_config: { 'snapshots.schedule': '@daily' },
    snapshots: names.map((name, at) => ({ name, created_at: `2026-01-0${at + 1}T00:00:00Z` })),
  };
  return { ...place, live: live as unknown as InstanceFull };
}

const one = { one: true, projectName: 'mine' };
const many = { one: false, projectName: 'mine' };
const ends = (steps: readonly { decided?: { result: string; code?: string } }[]) =>
  steps.map(({ decided }) => [decided?.result, decided?.code]);

describe('a new snapshot', () => {
  it('is made where there is none of that name', () => {
    expect(decideCreate([seen(['other'])], 'a', one)[0]?.decided).toBeUndefined();
  });
  it('never replaces one, and never takes an older one for new', () => {
    expect(ends(decideCreate([seen(['a'])], 'a', one))).toEqual([['failed', 'snapshot-exists']]);
  });
  it('fails for one absent machine, and passes it over among many', () => {
    expect(ends(decideCreate([place], 'a', one))).toEqual([['failed', 'machine-absent']]);
    expect(ends(decideCreate([place], 'a', many))).toEqual([['skipped', 'machine-absent']]);
  });
  it("is not made of somebody else's machine", () => {
    expect(ends(decideCreate([seen([], 'other')], 'a', many))).toEqual([['failed', 'not-ours']]);
    expect(ends(decideCreate([seen([], 'other')], 'a', { one: true }))).toEqual([
      [undefined, undefined],
    ]);
  });
});

describe('going back', () => {
  it('without a name goes to the newest that somebody made', () => {
    const all = ['a', 'b', 'snap3', 'pre-apply-20261122-031500'];
    expect(decideRestore([seen(all)], undefined, one)[0]).toMatchObject({ snapshot: 'b' });
    const [step] = decideRestore([seen(all.slice(2))], undefined, one);
    expect(step?.decided).toMatchObject({ code: 'no-snapshot' });
    expect(step?.decided?.remedy?.en).toContain('snap3, pre-apply-20261122-031500');
    // By its name, any of them.
    expect(decideRestore([seen(all)], 'snap3', one)[0]?.decided).toBeUndefined();
  });
  it('never to one that was cut off, whose name is free for a new one', () => {
    const half = seen(['a']);
    const snapshots = half.live?.snapshots?.map((snapshot) => ({
      ...snapshot,
      expires_at: '9999-12-31T23:59:59Z',
    }));
    const cut: Seen = { ...half, live: { ...half.live, snapshots } as InstanceFull };
    expect(ends(decideRestore([cut], 'a', one))).toEqual([['failed', 'snapshot-incomplete']]);
    expect(ends(decideRestore([cut], undefined, one))).toEqual([['failed', 'no-snapshot']]);
    expect(ends(decideCreate([cut], 'a', one))).toEqual([[undefined, undefined]]);
    expect(ends(decideDelete([cut], 'a', one))).toEqual([[undefined, undefined]]);
  });
  it('B07-02: never to one without a volume', () => {
    const phantom: Seen = { ...seen(['a', 'b']), empty: new Set(['b']) };
    expect(ends(decideRestore([phantom], 'b', one))).toEqual([['failed', 'snapshot-incomplete']]);
    expect(decideRestore([phantom], undefined, one)[0]).toMatchObject({ snapshot: 'a' });
    expect(decideRestore([phantom], 'a', one)[0]?.decided).toBeUndefined();
  });
  it('names what there is when the snapshot is not', () => {
    const [step] = decideRestore([seen(['a', 'b'])], 'c', one);
    expect(step?.decided).toMatchObject({ code: 'no-snapshot', remedy: { en: 'It has: a, b.' } });
  });
  it('P22-19: before any snapshot says how to make one', () => {
    const [step] = decideRestore([seen([])], undefined, one);
    expect(step?.decided?.remedy?.en).toContain('anklume snapshot create pro-dev');
  });
});

describe('removal', () => {
  it('P04-05: of what is not there changes nothing', () => {
    expect(ends(decideDelete([seen([]), place], 'a', many))).toEqual([
      ['unchanged', undefined],
      ['unchanged', undefined],
    ]);
  });
  it("leaves somebody else's alone", () => {
    expect(ends(decideDelete([seen(['a'], 'other')], 'a', many))).toEqual([['failed', 'not-ours']]);
  });
});

describe('what is said', () => {
  const said = (steps: readonly { decided?: { message?: { en: string } } }[]) =>
    steps[0]?.decided?.message?.en;

  it('of one that exists: since when, in a form for people', () => {
    const [step] = decideCreate([seen(['a'])], 'a', one);
    const since = shownTime('2026-01-01T00:00:00Z');
    expect(step?.decided).toMatchObject({
      message: { en: expect.stringContaining(`'a' already, made at ${since};`) },
    });
  });
  it.each<[string, Seen, string | undefined, string, string]>([
    ['a name that it lacks', seen(['a']), 'c', "has no snapshot 'c'", 'It has: a.'],
    ['none by hand', seen(['snap3']), undefined, 'made by hand', 'made by themselves (snap3)'],
    ['none at all', seen([]), undefined, 'made by hand', 'Make one first'],
    ['none at all, by name', seen([]), 'c', "has no snapshot 'c'", 'Make one first'],
  ])('where there is %s', (_what, machine, name, message, remedy) => {
    const steps = decideRestore([machine], name, many);
    expect(ends(steps)).toEqual([['skipped', 'no-snapshot']]);
    expect(said(steps)).toContain(message);
    expect(steps[0]?.decided?.remedy?.en).toContain(remedy);
  });
  it('names the eight newest at most', () => {
    const [step] = decideRestore([seen([...'abcdefghi'])], 'x', one);
    expect(step?.decided?.remedy?.en).toBe('It has: b, c, d, e, f, g, h, i.');
  });
});

it.each([
  ['', ['02T00:00:00Z', '03T00:00:00Z', '01T00:00:00Z'], 'b'],
  [', within one second', ['01T00:00:00Z', '01T00:00:00.5Z', '01T00:00:00.25Z'], 'b'],
  [', of several made at once the last by name', Array(3).fill('01T00:00:00Z'), 'c'],
])('the newest is the one made last, wherever it is listed%s', (_, times, newest) => {
  const machine = seen([...'abc']);
  const snapshots = machine.live?.snapshots?.map((snapshot, at) => ({
    ...snapshot,
    created_at: `2026-01-${times[at]}`,
  }));
  for (const listed of [snapshots, snapshots?.toReversed()]) {
    const live = { ...machine.live, snapshots: listed } as InstanceFull;
    expect(decideRestore([{ ...place, live }], undefined, one)[0]?.snapshot).toBe(newest);
  }
});

it('an absent machine, and one without a list of snapshots, have none to go back to', () => {
  const { live, ...bare } = seen([]);
  const listless = { ...bare, live: { ...live, snapshots: undefined } as unknown as InstanceFull };
  expect(ends(decideRestore([place, listless], undefined, one))).toEqual([
    ['failed', 'machine-absent'],
    ['failed', 'no-snapshot'],
  ]);
  expect(decideRestore([place], undefined, one)[0]?.snapshot).toBe('');
  expect(ends(decideRestore([seen(['a'], 'other')], 'a', one))).toEqual([['failed', 'not-ours']]);
  expect(ends(decideCreate([listless], 'a', one))).toEqual([[undefined, undefined]]);
});
