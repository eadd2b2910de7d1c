import { expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../tests/integration/engine/sample-daemon.ts';
import { crowd, world } from '../../tests/integration/engine/world.ts';
import { computePlan } from './compute-plan.ts';
import { MARK } from './marks.ts';

const desired = world('mine', [crowd('pro', 1, 2)]);

/** The world as it was made, with more keys on its first machine. */
function changed(config: Readonly<Record<string, string>>, status = 'Stopped') {
  const made = afterCreations(emptyDaemon(), computePlan(desired, emptyDaemon()));
  const ran = { 'volatile.last_state.power': 'STOPPED' };
  return {
    ...made,
    instances: made.instances.map((live) =>
      live.name === 'pro-1'
        ? { ...live, status, config: { ...live.config, ...ran, ...config } }
        : live,
    ),
  };
}

const actions = (observed: ReturnType<typeof changed>, more = desired) =>
  computePlan(more, observed).entries.map(({ action, id }) => `${action} ${id}`);

it('a template that is stopped is left so, and told', () => {
  expect(actions(changed({}))).toEqual(['start instance:pro/pro-1']);
  const template = changed({ [MARK.template]: 'true' });
  expect(actions(template)).toEqual([]);
  expect(computePlan(desired, template).resting).toEqual(['instance:pro/pro-1']);
  expect(computePlan(desired, changed({})).resting).toBeUndefined();
  expect(
    computePlan(desired, changed({ [MARK.template]: 'true' }, 'Running')).resting,
  ).toBeUndefined();
});

it('a template gets what is declared, and is not started for it', () => {
  const more = world('mine', [crowd('pro', 1, 2, { description: 'another' })]);
  const [entry] = computePlan(more, changed({ [MARK.template]: 'true' })).entries;
  expect(entry).toMatchObject({ action: 'update', id: 'instance:pro/pro-1' });
  expect(entry && 'body' in entry && entry.body.start).toBeFalsy();
});

it('a copy that was cut short is made again, and never started', () => {
  expect(actions(changed({ [MARK.pending]: 'copy' }))).toEqual(['recreate instance:pro/pro-1']);
});
