import { describe, expect, it } from 'vitest';
import type { Instance, StorageVolume } from '../../incus/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { chooseItems } from './choose.ts';

const desired = {
  domains: [
    {
      name: 'pro',
      project: 'p',
      machines: [
        { name: 'web', instance: 'web' },
        { name: 'db', instance: 'i-db' },
      ],
    },
    { name: 'home', project: 'h', machines: [{ name: 'tv', instance: 'tv' }] },
  ],
} as unknown as Desired;

const disk = (source: string, pool = 'fast', more: object = {}) => ({
  ...{ type: 'disk', path: `/${source}`, source, pool },
  ...more,
});
const machine = (project: string, name: string, status: string, ...devices: object[]) =>
  ({ project, name, status, expanded_devices: { ...devices } }) as unknown as Instance;
const volume = (project: string, pool: string, name: string) =>
  ({ project, pool, name }) as StorageVolume;

const instances = [
  machine('h', 'web', 'Stopped'),
  machine('p', 'web', 'Running', disk('data'), disk('shared'), {
    type: 'nic',
    pool: 'fast',
    source: 'data',
  }),
  machine(
    'p',
    'i-db',
    'Frozen',
    disk('shared'),
    disk('data', 'slow'),
    disk('root', 'fast', { path: '/' }),
  ),
];
const volumes = [
  volume('p', 'fast', 'data'),
  volume('h', 'fast', 'data'),
  volume('p', 'fast', 'shared'),
  volume('p', 'slow', 'data'),
  volume('p', 'fast', 'root'),
  volume('p', 'fast', 'unused'),
];
const present = { instances, volumes };
const ofVolume = (pool: string, name: string) => ({
  source: { kind: 'volume', name, pool, project: 'p' },
  domain: 'pro',
});

describe('P20d-03: what is backed up', () => {
  it('is each declared machine that is there, and each volume that they use, once', () => {
    expect(chooseItems(desired, undefined, present)).toStrictEqual({
      items: [
        ofVolume('fast', 'data'),
        ofVolume('fast', 'shared'),
        ofVolume('slow', 'data'),
        {
          source: { kind: 'instance', name: 'web', project: 'p' },
          ...{ domain: 'pro', running: true, volumes: ['fast/data', 'fast/shared'] },
        },
        {
          source: { kind: 'instance', name: 'i-db', project: 'p' },
          ...{ domain: 'pro', running: false, volumes: ['fast/shared', 'slow/data'] },
        },
      ],
      missing: ['tv'],
    });
  });

  it('is what the scope names alone', () => {
    const { items, missing } = chooseItems(desired, 'db', present);
    expect(items.map(({ source }) => source.name)).toEqual(['shared', 'data', 'i-db']);
    expect(missing).toEqual([]);
  });

  it('is refused where nothing is there, naming what is not', () => {
    const refused = (text: string) =>
      expect.objectContaining({
        code: 'nothing-to-back-up',
        text: expect.objectContaining({ en: expect.stringContaining(text) }),
      });
    expect(() => chooseItems(desired, 'home', present)).toThrow(refused('daemon: tv.'));
    const none = { domains: [] } as unknown as Desired;
    expect(() => chooseItems(none, undefined, present)).toThrow(refused('daemon.'));
    const nowhere = { instances: [], volumes };
    expect(() => chooseItems(desired, 'pro', nowhere)).toThrow(refused(': web, i-db.'));
  });
});
