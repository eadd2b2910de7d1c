import { describe, expect, it } from 'vitest';
import { chooseTarget } from './choose.ts';
import { type GenerationRecord, parseRecord } from './record.ts';

const now = new Date('2026-11-22T12:00:00Z');
const place = { domain: 'd', machine: 'm', instance: 'm', project: 'd' };

function record(number: number, more: Partial<GenerationRecord> = {}): GenerationRecord {
  return {
    number,
    stamp: `20261122-0${number}0000`,
    startedAt: `2026-11-22T0${number}:00:00Z`,
    finishedAt: `2026-11-22T0${number}:00:05Z`,
    kind: 'apply',
    state: 'done',
    snapshots: [{ ...place, snapshot: `pre-apply-${number}` }],
    counts: { created: 0, changed: 1, removed: 0 },
    hasFiles: true,
    ...more,
  };
}

const three = [record(1, { snapshots: [] }), record(2), record(3)];
const code = (name: string) => expect.objectContaining({ code: name });

describe('P24-02: the point to go back to', () => {
  it('is the state before the last change when none is named', () => {
    expect(chooseTarget(three, undefined, now)).toEqual({ shape: 2, since: 3 });
  });
  it('passes over what failed, and keeps the data of the moment', () => {
    const all = [...three, record(4, { state: 'failed' }), record(5)];
    expect(chooseTarget(all, undefined, now)).toEqual({ shape: 3, since: 5 });
  });
  it('by number is that generation, as it was to the end', () => {
    expect(chooseTarget(three, '1', now)).toEqual({ shape: 1, since: 2 });
    expect(() => chooseTarget(three, '9', now)).toThrow(code('unknown-generation'));
  });
  it('by the time of a change is the state before it', () => {
    expect(chooseTarget(three, '20261122-020000', now)).toEqual({ shape: 1, since: 2 });
  });
  it('by another time is the generation of that moment', () => {
    expect(chooseTarget(three, '2026-11-22T02:30:00Z', now)).toEqual({ shape: 2, since: 3 });
    for (const word of ['20200101-000000', '2027-01-01', 'x', '20261399-999999'])
      expect(() => chooseTarget(three, word, now)).toThrow(code('unknown-generation'));
  });
  it('is that of an unfinished rollback, which goes on', () => {
    const target = { shape: 1, since: 2 };
    const cut = record(4, { kind: 'rollback', state: 'begun', target, hasFiles: false });
    expect(chooseTarget([...three, cut], undefined, now)).toEqual(target);
  });
  it('is data alone where no shape is known, and nothing where there is no data either', () => {
    expect(chooseTarget([record(1)], undefined, now)).toEqual({ shape: 0, since: 1 });
    expect(() => chooseTarget([three[0] ?? record(1)], undefined, now)).toThrow(
      code('nothing-to-roll-back'),
    );
    expect(() => chooseTarget([], undefined, now)).toThrow(code('nothing-to-roll-back'));
  });
});

describe('a record on disk', () => {
  it('is read back, and a damaged one is none', () => {
    expect(parseRecord(JSON.stringify(record(1)))).toEqual(record(1));
    for (const text of ['', '{', 'null', '[]', JSON.stringify({ ...record(1), stamp: '../x' })])
      expect(parseRecord(text)).toBeUndefined();
  });
});
