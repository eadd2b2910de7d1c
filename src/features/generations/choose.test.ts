import { describe, expect, it } from 'vitest';
import { shownTime } from '../../base/system/index.ts';
import { chooseTarget } from './choose.ts';
import { type GenerationRecord, parseRecord } from './record.ts';
import { dueAt, isDue, timeOfStamp } from './retention.ts';

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

describe('P24-02: which record decides', () => {
  const target = { shape: 1, since: 2 };

  it.each<[string, Partial<GenerationRecord>, object]>([
    ['a rollback that is done', { kind: 'rollback', target }, { shape: 3, since: 4 }],
    ['one that failed', { kind: 'rollback', state: 'failed', target }, target],
    ['one without a target', { kind: 'rollback', state: 'begun' }, { shape: 3, since: 4 }],
    ['an apply cut off', { state: 'begun', target }, { shape: 3, since: 4 }],
    ['a restore', { kind: 'restore', to: 'x' }, { shape: 0, since: 4 }],
    ['a restore without data', { kind: 'restore', cleaned: true }, { shape: 3, since: 4 }],
  ])('where the last is %s', (_what, more, expected) => {
    expect(chooseTarget([...three, record(4, more)], undefined, now)).toEqual(expected);
  });

  it('a restore that others came after is a change like them', () => {
    const all = [record(1), record(2, { kind: 'restore' }), record(3)];
    expect(chooseTarget(all, '20261122-020000', now)).toEqual({ shape: 1, since: 2 });
  });

  it('data that were removed since are nothing to go back to', () => {
    expect(() => chooseTarget([record(1, { cleaned: true })], undefined, now)).toThrow(
      expect.objectContaining({ code: 'nothing-to-roll-back', exit: 2 }),
    );
  });

  it('a number may have six digits, and one that failed or kept no tree is none', () => {
    const all = [record(123_456), record(3, { state: 'failed' }), record(4, { hasFiles: false })];
    expect(chooseTarget(all, '123456', now)).toEqual({ shape: 123_456, since: 123_457 });
    for (const word of ['3', '4', '1234567'])
      expect(() => chooseTarget(all, word, now)).toThrow(code('unknown-generation'));
  });

  it.each([
    ['2026-11-22T02:00:05Z', 2],
    ['2026-11-22T02:00:04.999Z', 1],
    ['2026-11-22T02:00:05.125Z', 2],
    ['2026-11-22 02:01Z', 2],
    ['2026-11-22T05:30+03:00', 2],
    ['2026-11-22T00:30-02:00', 2],
    ['20261122-022959', 2],
    ['2026-11-22T12:00:00Z', 3],
  ])('%s is a moment of generation %i', (word, shape) => {
    expect(chooseTarget(three, word, now)).toEqual({ shape, since: shape + 1 });
  });

  it.each(['2026-11-22T12:00:00.001Z', 'x2026-11-22', '2026-11-22x', '2026', 'Nov 22 2026', '1.5'])(
    '%s is none, and what there is is named',
    (word) => {
      const all = Array.from({ length: 10 }, (_, at) =>
        record(at, at === 5 ? { state: 'failed' } : {}),
      );
      let thrown: unknown;
      try {
        chooseTarget(all, word, now);
      } catch (error) {
        thrown = error;
      }
      const names = [1, 2, 3, 4, 6, 7, 8, 9]
        .map((at) => `${at} (${shownTime(`2026-11-22T0${at}:00:00Z`)})`)
        .join(', ');
      expect(thrown).toMatchObject({
        ...{ code: 'unknown-generation', exit: 2 },
        remedy: { en: expect.stringContaining(`There are: ${names}.`) },
      });
    },
  );
});

describe('a record on disk', () => {
  const whole = record(1, {
    ...{ kind: 'rollback', target: { shape: 1, since: 2 }, to: 'x', limit: 'pro' },
    ...{ removed: ['instance:a/b'], snapshots: [{ ...place, snapshot: 's', ran: true }] },
  });
  const read = (value: unknown) => parseRecord(JSON.stringify(value));

  it('is read back, whole or without what need not be there', () => {
    for (const one of [
      whole,
      record(1),
      record(2, {
        kind: 'restore',
        state: 'begun',
        snapshots: [place].map((at) => ({ ...at, snapshot: '' })),
      }),
      record(3, { state: 'failed' }),
    ])
      expect(read(one)).toEqual(one);
    const { finishedAt: _, ...cut } = record(4);
    expect(read(cut)).toEqual(cut);
  });

  it('is none where it is no record at all', () => {
    for (const text of ['', '{', 'null', '[]', '1', '"x"', '{}'])
      expect(parseRecord(text)).toBeUndefined();
  });

  const wrong: Readonly<Record<string, readonly unknown[]>> = {
    number: ['1', 1.5, null],
    stamp: ['../x', 20261122, 'x20261122-010000', null],
    startedAt: [1, null],
    finishedAt: [1, null],
    kind: ['other', '', 1],
    state: ['other', '', 1],
    target: [null, 1, 'x', {}, { shape: 1 }, { shape: 1, since: '2' }],
    to: [1, null],
    removed: [1, 'x', {}, ['a', 1]],
    limit: [1, null],
    snapshots: [null, {}, [null], [1], [{}], [{ ...place, snapshot: 1 }]],
    counts: [null, 1, {}, { created: 0, changed: 1 }, { created: 0, changed: 1, removed: 0.5 }],
    hasFiles: [1, 'true', null],
  };
  it.each(Object.entries(wrong))('is none with another %s', (key, values) => {
    for (const value of values)
      expect([value, read({ ...whole, [key]: value })]).toEqual([value, undefined]);
  });
  it.each(['domain', 'machine', 'instance', 'project', 'snapshot', 'ran'])(
    'is none with a safety snapshot whose %s is something else',
    (key) => {
      const one = { ...place, snapshot: 's', ran: true, [key]: 1 };
      expect(read({ ...whole, snapshots: [{ ...place, snapshot: 's' }, one] })).toBeUndefined();
    },
  );
});

describe('the trash', () => {
  const noon = Date.parse('2026-11-22T12:00:00Z');

  it('is due after its time, to the second; what no stamp dates never is', () => {
    expect(isDue('20261122-110000', 3600, noon)).toBe(false);
    expect(isDue('20261122-105959', 3600, noon)).toBe(true);
    expect(isDue('20261123-110000', 0, noon)).toBe(false);
    for (const stamp of ['', 'x', 'x20261122-105959', '20261122-105959x', '20261322-105959'])
      expect(isDue(stamp, 0, noon)).toBe(false);
  });

  it('says when it goes: a week later unless told otherwise', () => {
    expect(dueAt('20261122-031500')).toBe('2026-11-29T03:15:00.000Z');
    expect(dueAt('20261122-031500', 60)).toBe('2026-11-22T03:16:00.000Z');
    expect(dueAt('nonsense')).toBeUndefined();
    expect(timeOfStamp('20261122-031500')).toBe(Date.parse('2026-11-22T03:15:00Z'));
  });
});
