import { expect, it } from 'vitest';
import type { Desired } from '../tree/index.ts';
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
  expect(decide([cut, record(2, false)], false, aside(1))).toEqual([]);
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
