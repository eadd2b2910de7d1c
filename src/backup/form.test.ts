import { describe, expect, it } from 'vitest';
import type { Instance } from '../incus/index.ts';
import type { Item } from './choose.ts';
import { plainAllTheSame, sameForm } from './form.ts';

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
});
