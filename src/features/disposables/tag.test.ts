import { describe, expect, it } from 'vitest';
import { MARK } from '../../engine/index.ts';
import type { Instance } from '../../incus/index.ts';
import { disposablesOf, tagText } from './tag.ts';

const live = (mark: string | undefined, more: Partial<Instance> = {}): Instance => ({
  name: 'disp-1',
  project: 'pro',
  type: 'container',
  status: 'Running',
  status_code: 103,
  architecture: 'x86_64',
  config: { 'volatile.base_image': 'f00d', ...(mark !== undefined && { [MARK.disposable]: mark }) },
  devices: {},
  expanded_config: {},
  expanded_devices: {},
  description: '',
  ephemeral: true,
  profiles: ['default'],
  stateful: false,
  created_at: '2026-01-01T00:00:00Z',
  ...more,
});
const tag = { use: 'pool', token: 't', space: 's', image: 'debian/13', pool: 2 } as const;

describe('the mark of a disposable machine', () => {
  it('reads what was written', () => {
    expect(disposablesOf([live(tagText(tag))])).toEqual([
      expect.objectContaining({ name: 'disp-1', fingerprint: 'f00d', tag }),
    ]);
  });

  it('is nothing on a machine that stays when it stops, or without it', () => {
    expect(disposablesOf([live(undefined), live(tagText(tag), { ephemeral: false })])).toEqual([]);
  });

  it.each(['', 'null', '[]', '{"use":"owned"}', '{', 'x'.repeat(3000), '{"use":7,"token":{}}'])(
    'damaged by hand (%s) belongs to nobody and is left to people',
    (mark) => {
      expect(disposablesOf([live(mark)])[0]?.tag).toMatchObject({
        use: 'kept',
        token: '',
        space: '',
      });
    },
  );

  it('takes no number for a pool that is none', () => {
    const [one] = disposablesOf([live(JSON.stringify({ ...tag, pool: -1, image: 5 }))]);
    expect(one?.tag).toEqual({ use: 'pool', token: 't', space: 's', image: '' });
  });

  it.each([
    ['run', 3, { pool: 3 }],
    ['kept', 0, {}],
    ['pool', 1.5, {}],
    ['run', '2', {}],
    ['kept', 2 ** 60, {}],
  ] as const)('of use %s with %j as the size of its pool', (use, pool, expected) => {
    const mark = { use, token: 't', space: 's', image: 'i' };
    const [found] = disposablesOf([live(JSON.stringify({ ...mark, pool, more: 1 }))]);
    expect(found).toStrictEqual({
      ...{ name: 'disp-1', project: 'pro', status: 'Running', fingerprint: 'f00d' },
      ...{ since: '2026-01-01T00:00:00Z', tag: { ...mark, ...expected } },
    });
  });

  it('is read up to its length, whatever it says', () => {
    const long = (length: number) => {
      const mark = { ...tag, image: '' };
      return JSON.stringify({ ...mark, image: 'x'.repeat(length - JSON.stringify(mark).length) });
    };
    expect(disposablesOf([live(long(2000))])[0]?.tag.use).toBe('pool');
    expect(disposablesOf([live(long(2001))])[0]?.tag).toEqual({
      ...{ use: 'kept', token: '', space: '', image: '' },
    });
    const bare = { ...live(tagText(tag)), config: { [MARK.disposable]: 'null' } };
    expect(disposablesOf([bare])[0]?.fingerprint).toBe('');
  });
});
