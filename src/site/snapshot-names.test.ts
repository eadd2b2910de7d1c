import { describe, expect, it } from 'vitest';
import { automaticName, checkName, isAutomatic, stampOf } from './snapshot-names.ts';

describe('names of snapshots', () => {
  it('a stamp is UTC and sorts as time does', () => {
    expect(stampOf(new Date('2026-11-22T03:15:00.999Z'))).toBe('20261122-031500');
    expect(automaticName(new Date(0))).toBe('snap-19700101-000000');
    const taken = new Set(['snap-19700101-000000', 'snap-19700101-000000-2']);
    expect(automaticName(new Date(0), taken)).toBe('snap-19700101-000000-3');
  });

  it.each(['before-change', 'v1.2_x', 'A', 'x'.repeat(100)])('%s is good', (name) => {
    expect(() => checkName(name)).not.toThrow();
  });

  it.each(['', 'a b', 'a/b', '../x', '-x', '.x', 'x\u001b[2J', 'x'.repeat(101), 'pre-apply-1'])(
    '%j is refused',
    (name) => {
      expect(() => checkName(name)).toThrow(expect.objectContaining({ code: 'bad-snapshot-name' }));
    },
  );
});

it.each<[string, boolean, Record<string, string>]>([
  ['pre-apply-20261122-031500', true, {}],
  ['pre-restore-20261122-031500', true, {}],
  ['snap0', true, { 'snapshots.schedule': '@daily' }],
  ['snap0', false, {}],
  ['mine', false, { 'snapshots.schedule': '@daily' }],
  ['snap-20261122-031500', false, { 'snapshots.schedule': '@daily' }],
  [
    'auto-2026-11-22.x',
    true,
    { 'snapshots.schedule': '@daily', 'snapshots.pattern': 'auto-{{ creation_date }}.x' },
  ],
  ['a+3', true, { 'snapshots.schedule': '@daily', 'snapshots.pattern': 'a+%d' }],
  ['aa3', false, { 'snapshots.schedule': '@daily', 'snapshots.pattern': 'a+%d' }],
  ['auto-2026-11-22x', false, { 'snapshots.schedule': '@daily', 'snapshots.pattern': 'auto-%d.x' }],
])('%s was made by itself: %s, with %j', (name, automatic, config) => {
  expect(isAutomatic({ name }, config)).toBe(automatic);
});

it('one that expires was made by itself: those of people do not', () => {
  const automatic = (expires_at: string) => isAutomatic({ name: 'x', expires_at }, {});
  expect(automatic('2026-11-23T00:00:00Z')).toBe(true);
  expect(automatic('0001-01-01T00:00:00Z')).toBe(false);
  expect(automatic('1970-01-01T00:00:00Z')).toBe(false);
});
