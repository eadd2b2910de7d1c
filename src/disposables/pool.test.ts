import { expect, it } from 'vitest';
import { ALONE } from './home.ts';
import { type PoolOf, poolPlan, ready } from './pool.ts';
import type { Disposable, Tag } from './tag.ts';

const pool: PoolOf = { home: ALONE, image: 'debian/13', fingerprint: 'new' };
const one = (name: string, tag: Partial<Tag> = {}, more: Partial<Disposable> = {}): Disposable => ({
  name,
  project: ALONE.project,
  status: 'Running',
  fingerprint: 'new',
  since: '',
  tag: { use: 'pool', token: '', space: '', image: 'debian/13', pool: 2, ...tag },
  ...more,
});

it('hands out what waits for this home and this image alone, made from the image as it is now', () => {
  const all = [
    one('good'),
    one('used', { use: 'run' }),
    one('kept', { use: 'kept' }),
    one('other-image', { image: 'alpine' }),
    one('other-home', {}, { project: 'pro' }),
    one('outdated', {}, { fingerprint: 'old' }),
    one('starting', {}, { status: 'Stopped' }),
  ];
  expect(ready(all, pool).map(({ name }) => name)).toEqual(['good']);
});

it('is filled to its size; what is outdated or too many goes', () => {
  const all = [one('a'), one('b', { pool: 5 }), one('old', {}, { fingerprint: 'old' })];
  const names = (plan: readonly Disposable[]) => plan.map(({ name }) => name);
  const more = poolPlan(all, pool, 5);
  expect([names(more.remove), names(more.retag), more.launch]).toEqual([['old'], ['a'], 3]);
  const less = poolPlan(all, pool, 1);
  expect([names(less.remove), names(less.retag), less.launch]).toEqual([['b', 'old'], ['a'], 0]);
  expect(poolPlan(all, pool, 0)).toMatchObject({ remove: all, launch: 0 });
});
