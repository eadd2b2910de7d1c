import { expect, it } from 'vitest';
import { thereThen } from './left-over.ts';
import type { GenerationRecord } from './record.ts';

const at = (minute: number) => `2026-11-22T03:0${minute}:00Z`;
const record = (number: number, removed: string[] = []): GenerationRecord => ({
  number,
  stamp: `20261122-03000${number}`,
  startedAt: at(number),
  finishedAt: at(number),
  kind: 'apply',
  state: 'done',
  snapshots: [],
  counts: { created: 0, changed: 0, removed: 0 },
  hasFiles: true,
  removed,
});
const machine = (id: string, minute: number) => ({ id, created_at: at(minute) });

it('what was there when a generation was reached is part of it, and what came later is not', () => {
  const machines = [machine('old', 1), machine('just', 4), machine('new', 5)];
  expect([...thereThen([record(4)], record(4), machines)]).toEqual(['old', 'just']);
});

it('one that a run up to then had removed is not, and one that a later run removed is', () => {
  const records = [record(2, ['before']), record(4), record(6, ['later'])];
  const machines = [machine('before', 1), machine('later', 1)];
  expect([...thereThen(records, record(4), machines)]).toEqual(['later']);
});

it('nothing is known of a run that did not come to its end', () => {
  const { finishedAt: _, ...cut } = record(4);
  expect(thereThen([cut], cut, [machine('old', 1)]).size).toBe(0);
  expect(thereThen([record(4)], record(4), [{ id: 'odd', created_at: 'long ago' }]).size).toBe(0);
});
