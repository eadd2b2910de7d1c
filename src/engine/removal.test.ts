import { describe, expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../tests/integration/engine/sample-daemon.ts';
import { crowd, world } from '../../tests/integration/engine/world.ts';
import { ORIGIN } from './aside-origin.ts';
import { computePlan } from './compute-plan.ts';
import { ASIDE_PROJECT, MARK } from './marks.ts';
import type { Observed } from './observed.ts';
import { computeRemoval } from './removal.ts';

const volumes = [{ name: 'data', path: '/data', config: {} }];
const mine = world('mine', [
  crowd('pro', 1, 2, { volumes }),
  crowd('safe', 2, 1, { ephemeral: false }),
]);
const others = world('others', [crowd('far', 3, 1)]);
const first = afterCreations(emptyDaemon(), computePlan(mine, emptyDaemon()));
const live = afterCreations(first, computePlan(others, first));
/** As if the whole of `safe` and one of `pro` had been taken out of infra.yml. */
const shrunk = world('mine', [crowd('pro', 1, 1, { volumes })]);

const actions = (words: readonly string[] | 'orphans', force = false, desired = mine) =>
  computeRemoval(desired, live, words, { force }).plan.entries.map((entry) => [
    entry.id,
    'code' in entry ? entry.code : entry.action,
  ]);
const changed = (name: string, config: Record<string, string>, more = {}): Observed => ({
  ...live,
  instances: live.instances.map((one) =>
    one.name === name ? { ...one, config: { ...one.config, ...config }, ...more } : one,
  ),
});

describe('P22-17 P16-22: removing machines by name', () => {
  it('takes exactly those, each once, and leaves their volumes', () => {
    const { plan, leaving } = computeRemoval(mine, live, ['pro-1', 'pro/pro-1'], {});
    expect(plan.entries).toHaveLength(1);
    expect(plan.entries[0]).toMatchObject({ id: 'instance:pro/pro-1', action: 'delete' });
    expect(leaving).toMatchObject([{ machine: 'pro-1', declared: true, volumes: ['data'] }]);
  });

  it('refuses a protected one unless forced, and then lifts what protects it', () => {
    expect(actions(['safe-1', 'pro-2'])).toEqual([
      ['instance:safe/safe-1', 'protected'],
      ['instance:pro/pro-2', 'delete'],
    ]);
    const { plan } = computeRemoval(mine, live, ['safe-1'], { force: true });
    expect(plan.entries[0]).toMatchObject({ action: 'delete', unprotect: true });
  });

  it('is refused by either word: that of infra.yml, or that of the daemon', () => {
    const lifted = changed('safe-1', {}, { expanded_config: {} });
    expect(computeRemoval(mine, lifted, ['safe-1']).plan.entries[0]?.action).toBe('refuse');
    expect(actions(['safe-1'], false, shrunk)).toEqual([['instance:safe/safe-1', 'protected']]);
    const free = computeRemoval(shrunk, lifted, ['safe-1']);
    expect(free.plan.entries[0]?.action).toBe('delete');
    expect(free.leaving[0]?.declared).toBe(false);
  });

  it('never takes one of others, forced or not', () => {
    expect(actions(['far-1'], true)).toEqual([['instance:far/far-1', 'not-ours']]);
    const foreign = changed('pro-1', { [MARK.project]: '' });
    expect(computeRemoval(mine, foreign, ['pro-1'], { force: true }).plan.entries).toMatchObject([
      { action: 'refuse', code: 'not-ours' },
    ]);
  });

  it('finds nothing to do where a declared machine is absent', () => {
    const { plan, absent } = computeRemoval(mine, emptyDaemon(), ['pro-1']);
    expect(plan.entries).toEqual([]);
    expect(absent).toMatchObject([{ machine: 'pro-1', declared: true }]);
  });

  it('says which names it does not know, and which are domains', () => {
    expect(() => actions(['pro'])).toThrow(/is a domain/);
    expect(() => actions(['nobody'])).toThrow(/No machine is called 'nobody'/);
  });

  it('goes on with what a run that was cut off had begun to put aside', () => {
    const half = changed(
      'safe-1',
      { [MARK.project]: '', [MARK.asideOf]: 'mine' },
      { name: 't20260101-000000-00000000', expanded_config: {} },
    );
    const { plan } = computeRemoval(mine, half, ['safe-1']);
    expect(plan.entries).toMatchObject([
      { id: 'instance:safe/t20260101-000000-00000000', action: 'delete' },
    ]);
    const origin = {
      stamp: '20260101-000000',
      project: 'safe',
      name: 'safe-1',
      profiles: [],
      devices: {},
    };
    const told = changed(
      'safe-1',
      { [MARK.project]: '', [MARK.asideOf]: 'mine', [ORIGIN]: JSON.stringify(origin) },
      { name: 't20260101-000000-00000000', expanded_config: {} },
    );
    // The history is to know it by the name that people know.
    const removal = computeRemoval(mine, told, ['safe-1']);
    const entry = { id: 'instance:safe/safe-1', name: 't20260101-000000-00000000' };
    expect(removal.plan.entries).toMatchObject([{ ...entry, action: 'delete' }]);
    expect(removal.leaving).toMatchObject([{ id: entry.id, machine: 'safe-1' }]);
    // Both at once: each is known by where it is.
    const both = { ...told, instances: [...told.instances, ...live.instances] };
    const ids = computeRemoval(mine, both, ['safe-1'], { force: true }).plan.entries.map(
      ({ id }) => id,
    );
    expect(ids.sort()).toEqual(['instance:safe/safe-1', `instance:safe/${entry.name}`]);
    const gone = changed(
      'safe-1',
      { [MARK.project]: '', [MARK.asideOf]: 'mine' },
      { project: ASIDE_PROJECT },
    );
    expect(computeRemoval(mine, gone, ['safe-1']).absent).toHaveLength(1);
  });
});

describe('removing orphans', () => {
  it('takes what is ours and no longer declared, never what is protected', () => {
    expect(actions('orphans')).toEqual([]);
    expect(actions('orphans', false, shrunk)).toEqual([
      ['instance:pro/pro-2', 'delete'],
      ['instance:safe/safe-1', 'protected'],
    ]);
    expect(actions('orphans', true, shrunk).map(([, action]) => action)).toEqual([
      'delete',
      'delete',
    ]);
  });
});
