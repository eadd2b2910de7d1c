import { describe, expect, it } from 'vitest';
import { automaticName, checkName, stampOf } from './names.ts';

describe('names of snapshots', () => {
  it('a stamp is UTC and sorts as time does', () => {
    expect(stampOf(new Date('2026-11-22T03:15:00.999Z'))).toBe('20261122-031500');
    expect(automaticName(new Date(0))).toBe('snap-19700101-000000');
    const taken = new Set(['snap-19700101-000000', 'snap-19700101-000000-2']);
    expect(automaticName(new Date(0), taken)).toBe('snap-19700101-000000-3');
  });

  it.each(['before-change', 'v1.2_x', 'A'])('%s is good', (name) => {
    expect(() => checkName(name)).not.toThrow();
  });

  it.each(['', 'a b', 'a/b', '../x', '-x', '.x', 'x\u001b[2J', 'x'.repeat(101), 'pre-apply-1'])(
    '%j is refused',
    (name) => {
      expect(() => checkName(name)).toThrow(expect.objectContaining({ code: 'bad-snapshot-name' }));
    },
  );
});
