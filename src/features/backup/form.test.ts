import { describe, expect, it } from 'vitest';
import type { Instance } from '../../incus/index.ts';
import type { Item } from './choose.ts';
import { plainAllTheSame, poolOf, sameForm } from './form.ts';

const root = (pool: string) =>
  ({
    project: 'p',
    name: 'web',
    expanded_devices: { root: { type: 'disk', path: '/', pool } },
  }) as unknown as Instance;
const item: Item = {
  source: { kind: 'instance', project: 'p', name: 'web' },
  domain: 'p',
  running: true,
  volumes: [],
};
const seen = (pool: string) => ({
  projects: [],
  volumes: [],
  instances: [root(pool)],
  drivers: new Map([
    ['fast', 'btrfs'],
    ['plain', 'dir'],
  ]),
});

describe('the own form of a storage driver', () => {
  it('is for pools of the same driver, which has one', () => {
    expect(sameForm('btrfs', 'btrfs')).toBe(true);
    expect(sameForm('btrfs', 'zfs')).toBe(false);
    expect(sameForm('zfs', 'zfs')).toBe(true);
    expect(sameForm('dir', 'dir')).toBe(false);
    expect(sameForm(undefined, undefined)).toBe(false);
  });

  it('is told where it is asked for and there is none', () => {
    expect(plainAllTheSame([item], seen('fast'))).toBeUndefined();
    expect(plainAllTheSame([item], seen('plain'))).toMatchObject({
      level: 'warning',
      code: 'backup-plain',
      text: { en: expect.stringContaining('plain (dir)') },
    });
  });

  it('is that of the pool which holds a volume, or the root of the very machine', () => {
    const at = (project: string, name: string, pool: string) => ({
      ...root(pool),
      ...{ project, name },
      expanded_devices: {
        data: { type: 'disk', path: '/data', pool: 'other' },
        root: { type: 'disk', path: '/', pool },
      },
    });
    const instances = [at('q', 'web', 'one'), at('p', 'db', 'two'), at('p', 'web', 'fast')];
    expect(poolOf(item.source, { instances })).toBe('fast');
    const volume = { kind: 'volume', project: 'p', name: 'web', pool: 'plain' } as const;
    expect(poolOf(volume, { instances })).toBe('plain');
    expect(poolOf(item.source, { instances: [] })).toBe('');
    const rootless = { ...at('p', 'web', 'x'), expanded_devices: {} };
    expect(poolOf(item.source, { instances: [rootless] })).toBe('');
  });

  it('names each pool without one once, sorted', () => {
    const volume = (pool: string): Item => ({
      source: { kind: 'volume', project: 'p', name: 'v', pool },
      domain: 'p',
    });
    const all = [volume('zebra'), volume('plain'), volume('plain'), item];
    const note = plainAllTheSame(all, seen('fast'));
    expect(note).toMatchObject({
      type: 'note',
      text: { en: expect.stringContaining('What lies on plain (dir), zebra (?) is') },
    });
  });
});
