import { expect, it } from 'vitest';
import type { Desired } from '../../world/tree/index.ts';
import type { Aside } from './aside.ts';
import { decideData } from './data.ts';
import type { GenerationRecord } from './record.ts';

const place = { domain: 'd', machine: 'm', instance: 'm', project: 'd' };
const desired = {
  domains: [{ name: 'd', project: 'd', machines: [{ name: 'm', instance: 'm' }] }],
} as unknown as Desired;
const target = { shape: 1, since: 2 };

function record(number: number, hasSnapshot: boolean, cleaned = false): GenerationRecord {
  return {
    number,
    stamp: `20261122-00000${number}`,
    startedAt: '',
    kind: 'apply',
    state: 'done',
    snapshots: hasSnapshot ? [{ ...place, snapshot: `s${number}` }] : [],
    counts: { created: 0, changed: 0, removed: 0 },
    hasFiles: true,
    ...(cleaned && { cleaned }),
  };
}

function aside(number: number, project = 'anklume-trash', name = `t${number}`): Aside {
  const stamp = `20261122-00000${number}`;
  const origin = { stamp, project: 'd', name: 'm', profiles: [], devices: {} };
  return { kind: 'instance', project, name, origin };
}

/** Where safety snapshots are, and those that went by another way than a cleaning. */
function decide(records: GenerationRecord[], exists: boolean, ...kept: Aside[]) {
  return decideWithout([], records, exists, ...kept);
}

function decideWithout(
  missing: readonly string[],
  records: GenerationRecord[],
  exists: boolean,
  ...kept: Aside[]
) {
  const existing = new Set(exists ? ['d/m'] : []);
  const holders = ['d/m', ...kept.map(({ project, name }) => `${project}/${name}`)];
  const there = records.filter(({ cleaned }) => !cleaned).flatMap(({ snapshots }) => snapshots);
  const whole = new Set(
    there
      .filter(({ snapshot }) => !missing.includes(snapshot))
      .flatMap(({ snapshot }) => holders.map((holder) => `${holder}@${snapshot}`)),
  );
  const steps = decideData(records, target, { desired, existing, aside: kept, whole });
  return steps.map(({ action, snapshot, aside: one }) => [action, snapshot, one?.name]);
}

it('what nothing happened to keeps what it holds', () => {
  expect(decide([record(1, true), record(2, false)], true)).toEqual([]);
});
it('the first snapshot after the point counts', () => {
  expect(decide([record(1, true), record(2, true), record(3, true)], true)).toEqual([
    ['restore', 's2', undefined],
  ]);
});
it('what was removed comes back whole', () => {
  expect(decide([record(2, false)], false, aside(2))).toEqual([['return', undefined, 't2']]);
});
it('what was changed, then removed, comes back and goes back', () => {
  expect(decide([record(2, true), record(3, false)], false, aside(3))).toEqual([
    ['return', 's2', 't3'],
  ]);
});
it('what was removed and made anew is replaced by the one of then', () => {
  expect(decide([record(2, false), record(3, true)], true, aside(2))).toEqual([
    ['replace', undefined, 't2'],
  ]);
});
it('what a run that was cut off took away counts as taken by the next one, which found it gone', () => {
  const removed = { removed: ['instance:d/m'] };
  const cut = { ...record(1, false), state: 'begun' as const };
  const next = { ...record(2, false), ...removed };
  expect(decide([cut, next], false, aside(1))).toEqual([['return', undefined, 't1']]);
  expect(decide([record(0, false), cut, cut, next], false, aside(1))).toEqual([
    ['return', undefined, 't1'],
  ]);
  // An older removal that ended is another one's.
  expect(decide([record(1, false), next], false, aside(1))).toEqual([
    ['lost', undefined, undefined],
  ]);
});
it('what a run that failed or was cut off took away comes back, though the next one was about others', () => {
  for (const state of ['begun', 'failed'] as const) {
    const left = { ...record(1, false), state };
    expect(decide([record(0, false), left, record(2, false)], false, aside(1))).toEqual([
      ['return', undefined, 't1'],
    ]);
    expect(decide([left, record(2, true)], true, aside(1))).toEqual([['restore', 's2', undefined]]);
    // Made anew since, it is what people work in.
    expect(decide([left, record(2, false)], true, aside(1))).toEqual([]);
  }
  // What a run that ended took away was to go.
  expect(decide([record(1, false), record(2, false)], false, aside(1))).toEqual([]);
});
it('what the rollback that is gone on with brought back stays as it is', () => {
  const existing = new Set(['d/m']);
  const world = { desired, existing, aside: [], whole: new Set<string>() };
  const removed = { ...record(2, false), removed: ['instance:d/m'] };
  const actions = (more: { readonly returned?: string[] }) =>
    decideData([removed], target, { ...world, ...more }).map(({ action }) => action);
  expect(actions({})).toEqual(['lost']);
  expect(actions({ returned: ['d/m'] })).toEqual([]);
  expect(actions({ returned: ['d/other'] })).toEqual(['lost']);
});
it('what was half-way home when we were cut off only goes the rest of the way', () => {
  expect(decide([record(2, false)], true, aside(2, 'd', 'm'))).toEqual([
    ['return', undefined, 'm'],
  ]);
});
it('data that was cleaned away is told to be lost, never replaced by that of later', () => {
  expect(decide([record(2, true, true), record(3, true)], true)).toEqual([
    ['lost', undefined, undefined],
  ]);
});
it('P24-06: a safety snapshot that is gone is told to be lost, whatever the record says', () => {
  expect(decideWithout(['s2'], [record(2, true), record(3, true)], true)).toEqual([
    ['lost', undefined, undefined],
  ]);
});
it('what was removed later comes back as it was then, where the snapshot before is gone', () => {
  const all = [record(2, true), record(3, false)];
  expect(decideWithout(['s2'], all, false, aside(3))).toEqual([['late', undefined, 't3']]);
  // Never in the place of one that people work in.
  expect(decideWithout(['s2'], all, true, aside(3))).toEqual([['lost', undefined, undefined]]);
});
it('what was removed and has left the trash is lost', () => {
  const removal = { ...record(2, false), removed: ['instance:d/m'] };
  expect(decide([removal], true)).toEqual([['lost', undefined, undefined]]);
});

it('each machine has its own history: volumes, neighbours and namesakes elsewhere decide nothing', () => {
  const other = { domain: 'e', machine: 'm', instance: 'm', project: 'e' };
  const records = [
    { ...record(2, false), snapshots: [{ ...other, snapshot: 's2' }], removed: ['instance:e/m'] },
    record(3, true),
  ];
  const theirs = { stamp: '20261122-000002', project: 'e', name: 'm', profiles: [], devices: {} };
  const volume = { ...aside(2), kind: 'volume', origin: { ...aside(2).origin, pool: 'p' } };
  const lying: Aside[] = [
    { kind: 'instance', project: 'anklume-trash', name: 'x', origin: theirs },
    volume as unknown as Aside,
  ];
  const whole = new Set(['d/m@s3', 'd/m@s2', 'e/m@s2', 'anklume-trash/x@s2']);
  const world = { existing: new Set(['d/m']), aside: lying, whole };
  expect(decideData(records, target, { ...world, desired })).toEqual([
    { ...place, action: 'restore', snapshot: 's3' },
  ]);
  // Without a shape to come: the machines that the records know, each once.
  expect(decideData(records, { shape: 0, since: 2 }, world)).toEqual([
    { ...other, action: 'return', snapshot: 's2', aside: lying[0] },
    { ...place, action: 'restore', snapshot: 's3' },
  ]);
  expect(decideData([], target, { existing: new Set(), aside: [], whole })).toEqual([]);
});

it('of two removals the first after the point counts, and one before it does not', () => {
  const all = [record(1, false), record(2, false), record(3, false)];
  expect(decide(all, false, aside(1), aside(3), aside(2))).toEqual([['return', undefined, 't2']]);
  expect(decide(all, false, aside(1))).toEqual([]);
  expect(decide([record(2, true), record(3, false)], false, aside(1), aside(3))).toEqual([
    ['return', 's2', 't3'],
  ]);
});

it.each([
  ['another project', 'd2', 'm'],
  ['another name', 'd', 'm2'],
])('one that lies in %s is not half-way home', (_what, project, name) => {
  expect(decide([record(2, false)], true, aside(2, project, name))).toEqual([
    ['replace', undefined, name],
  ]);
});
