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

function decide(records: GenerationRecord[], exists: boolean, ...kept: Aside[]) {
  const existing = new Set(exists ? ['d/m'] : []);
  const steps = decideData(records, target, { desired, existing, aside: kept });
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
