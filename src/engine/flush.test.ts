import { describe, expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../tests/integration/engine/sample-daemon.ts';
import { crowd, world } from '../../tests/integration/engine/world.ts';
import { computePlan } from './compute-plan.ts';
import { computeFlush } from './flush.ts';

const mine = world('mine', [crowd('pro', 1, 2), crowd('home', 2, 1)]);
const others = world('others', [crowd('far', 3, 1)]);
const first = afterCreations(emptyDaemon(), computePlan(mine, emptyDaemon()));
const both = afterCreations(first, computePlan(others, first));
const guarded = {
  ...both,
  instances: both.instances.map((one) =>
    one.name === 'pro-1'
      ? {
          ...one,
          expanded_config: { ...one.expanded_config, 'security.protection.delete': 'true' },
        }
      : { ...one, expanded_config: { ...one.expanded_config, 'security.protection.delete': '' } },
  ),
};
const entry = (id: string, force = false) =>
  computeFlush('mine', guarded, { force }).entries.find((one) => one.id === id);

describe('P16-22: a flush', () => {
  it('names every object of the infrastructure and none of another', () => {
    const ids = computeFlush('mine', guarded, { force: true }).entries.map(({ id }) => id);
    expect(ids).toContain('instance:home/home-1');
    expect(ids).toContain('network:net-pro');
    expect(ids.filter((id) => id.includes('far'))).toEqual([]);
    expect(ids.length).toBe(7);
  });

  it('says of what is protected how a flush takes it along, not how apply does', () => {
    const kept = entry('instance:pro/pro-1');
    const remedy = kept?.action === 'refuse' ? kept.remedy?.en : undefined;
    expect(remedy).toContain('anklume flush --force');
    expect(remedy).not.toContain('apply');
  });

  it('removes each object after its users', () => {
    const { entries } = computeFlush('mine', guarded, { force: true });
    const place = new Map(entries.map(({ id }, index) => [id, index]));
    for (const { id, needs } of entries)
      for (const need of needs) expect(place.get(need), `${need} before ${id}`).toBeDefined();
    expect(entry('project:home', true)?.needs).toContain('instance:home/home-1');
  });

  it('P22-17: refuses what is protected and what that stands on, and lifts protection when forced', () => {
    expect(entry('instance:pro/pro-1')).toMatchObject({ action: 'refuse', code: 'protected' });
    expect(entry('project:pro')).toMatchObject({ action: 'refuse', code: 'in-use' });
    expect(entry('instance:pro/pro-2')).toMatchObject({ action: 'delete' });
    expect(entry('project:home')).toMatchObject({ action: 'delete' });
    expect(entry('instance:pro/pro-1', true)).toMatchObject({ action: 'delete', unprotect: true });
    expect(entry('instance:pro/pro-2', true)).not.toHaveProperty('unprotect');
  });
});
