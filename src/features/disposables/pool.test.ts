import { describe, expect, it } from 'vitest';
import { toldDaemon } from '../../../tests/unit/told-daemon.ts';
import { MARK } from '../../engine/index.ts';
import { IncusError } from '../../incus/index.ts';
import { ALONE } from './home.ts';
import { type PoolOf, poolPlan, ready, retag, take } from './pool.ts';
import { type Disposable, type Tag, tagText } from './tag.ts';

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

describe('P20a-05: taking one of a pool', () => {
  const owner = { token: 'me', space: 'here' };
  const refusal = (kind: IncusError['kind']) =>
    new IncusError({ status: 412, kind, message: { en: 'no', fr: 'non' }, untrustedWords: '' });
  const live = ({ name, status, tag }: Disposable) => ({
    ...{ name, project: ALONE.project, status, ephemeral: true, created_at: '' },
    config: { 'volatile.base_image': 'new', [MARK.disposable]: tagText(tag) },
  });

  /** A daemon where machines are now as said, and writes to some are refused. */
  function daemon(now: readonly Disposable[], refused: Readonly<Record<string, unknown>> = {}) {
    return toldDaemon({
      'instances.get': (name: string) => {
        const found = now.find((one) => one.name === name);
        if (!found) throw refusal('not-found');
        return { value: live(found), etag: `etag-${name}` };
      },
      'instances.patch': (name: string) => {
        if (refused[name]) throw refused[name];
      },
    });
  }
  const written = ({ calls }: ReturnType<typeof daemon>) =>
    calls.filter(([name]) => name === 'instances.patch').map(([, ...words]) => words);

  it('writes our tag over that of the pool, with the ETag of the look', async () => {
    const told = daemon([one('a')]);
    const tag = { use: 'run', token: 'me', space: 'here', image: 'debian/13', pool: 2 };
    expect(await take(told.incus, [one('a')], owner)).toMatchObject({ name: 'a', tag });
    expect(written(told)).toEqual([
      [
        'a',
        { config: { [MARK.disposable]: JSON.stringify(tag) } },
        { project: ALONE.project, etag: 'etag-a' },
      ],
    ]);
  });

  it('passes over those that are gone, taken or stopped since, and those another was faster with', async () => {
    const names = ['gone', 'taken', 'stopped', 'raced', 'busy', 'odd', 'good'];
    const now = [
      one('taken', { use: 'run' }),
      one('stopped', {}, { status: 'Stopped' }),
      ...[one('raced'), one('busy'), one('odd'), one('good')],
    ];
    const refused = {
      raced: refusal('etag-mismatch'),
      busy: refusal('busy'),
      odd: refusal('invalid'),
    };
    for (let round = 0; round < 10; round += 1) {
      const told = daemon(now, refused);
      const candidates = names.map((name) => one(name));
      expect(await take(told.incus, candidates, owner)).toMatchObject({ name: 'good' });
    }
    const none = daemon(now, { ...refused, good: refusal('etag-mismatch') });
    expect(
      await take(
        none.incus,
        names.map((name) => one(name)),
        owner,
      ),
    ).toBeUndefined();
    expect(written(none).map(([name]) => name)).not.toContain('taken');
    expect(await take(none.incus, [], owner)).toBeUndefined();
  });

  it('says what else went wrong', async () => {
    const error = refusal('unreachable');
    const told = daemon([one('a')], { a: error });
    await expect(take(told.incus, [one('a')], owner)).rejects.toBe(error);
  });

  it('does not always begin with the same one', async () => {
    const all = Array.from({ length: 8 }, (_, at) => one(`m${at}`));
    const first = new Set<string | undefined>();
    for (let round = 0; round < 40; round += 1)
      first.add((await take(daemon(all).incus, all, owner))?.name);
    expect(first.size).toBeGreaterThan(2);
  });

  it('a new size is written without an ETag', async () => {
    const told = daemon([one('a')]);
    await retag(told.incus, one('a'), one('a').tag);
    expect(written(told)).toMatchObject([['a', {}, { project: ALONE.project }]]);
    expect(written(told)[0]?.[2]).not.toHaveProperty('etag');
  });
});
