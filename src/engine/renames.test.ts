import { describe, expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../tests/integration/engine/sample-daemon.ts';
import { domain, machine, world } from '../../tests/integration/engine/world.ts';
import { computePlan } from './compute-plan.ts';
import { MARK } from './marks.ts';
import { afterRenames, renamesBack, renamesOf } from './renames.ts';

const spool = { volumes: [{ name: 'spool', path: '/srv/spool', config: {} }] };
const called = (names: readonly string[], more: object = {}, first = 1) =>
  world('mine', [
    domain(
      'pro',
      1,
      names.map((name, at) => machine('pro', name, `10.199.1.${at + first}`, more)),
    ),
  ]);
const there = (names: readonly string[], more: object = {}) => {
  const made = afterCreations(emptyDaemon(), computePlan(called(names, more), emptyDaemon()));
  return {
    ...made,
    instances: made.instances.map((one) => ({
      ...one,
      status: 'Running',
      expanded_devices: { ...one.expanded_devices, ...one.devices },
    })),
  };
};
const asked = { asksForRenames: true } as const;
const NEW = 'instance:pro/mail-new';

describe('case 16: a machine under another name', () => {
  it('is asked for, and nothing is made on the volume of the old one before there is an answer', () => {
    const plan = computePlan(called(['mail-new'], spool), there(['mail-old'], spool), asked);
    expect(plan.entries.find(({ id }) => id === NEW)).toMatchObject({
      action: 'refuse',
      code: 'maybe-renamed',
      remedy: { en: expect.stringContaining('anklume up --rename mail-old=mail-new') },
    });
  });

  it('is asked for without a volume too, and made', () => {
    const plan = computePlan(called(['mail-new'], {}, 9), there(['mail-old']), asked);
    expect(plan.entries.find(({ id }) => id === NEW)).toMatchObject({ action: 'create' });
    expect(plan.notes).toContainEqual(expect.objectContaining({ id: NEW, code: 'maybe-renamed' }));
  });

  it('is not asked for where the old one goes, where both are declared, or unasked', () => {
    const [wanted, observed] = [called(['mail-new'], spool), there(['mail-old'], spool)];
    const bare = (options: object, desired = wanted) => {
      const { entries, notes } = computePlan(desired, observed, options);
      return [...entries, ...notes].filter((one) => 'code' in one && one.code === 'maybe-renamed');
    };
    const open = observed.instances.map((one) => ({ ...one, expanded_config: {} }));
    expect(
      computePlan(wanted, { ...observed, instances: open }, { ...asked, prune: true }).entries,
    ).toContainEqual(expect.objectContaining({ id: NEW, action: 'create' }));
    expect(bare(asked, called(['mail-old', 'mail-new'], spool))).toEqual([]);
    expect(bare({})).toEqual([]);
  });

  it('goes on: what differs under the new name is changed, and it is started', () => {
    const [wanted, observed] = [called(['mail-new'], spool), there(['mail-old'], spool)];
    const renames = renamesOf(['mail-old=mail-new'], wanted, observed);
    expect(renames).toEqual([{ project: 'pro', from: 'mail-old', to: 'mail-new' }]);
    const plan = computePlan(wanted, afterRenames(observed, renames), asked);
    expect(plan.entries.find(({ id }) => id === NEW)).toMatchObject({
      action: 'update',
      body: { start: true, config: { [MARK.id]: NEW } },
    });
    expect(plan.orphans).toEqual([]);
  });

  it.each([
    'mail-old',
    'mail-old=',
    '=mail-new',
    'other=mail-new',
    'mail-old=other',
    'mail-old=mail-old',
    'mail-old=mail-new=x',
    'kept=mail-new',
  ])('%s renames nothing', (words) => {
    const observed = there(['mail-old', 'kept']);
    expect(() => renamesOf([words], called(['mail-new', 'kept']), observed)).toThrow(
      expect.objectContaining({ code: 'rename-impossible', exit: 2 }),
    );
  });

  it('two into one, or one into two, is none; asked for again it is done', () => {
    const twice = (words: string[], names: string[]) => () =>
      renamesOf(words, called(names), there(['a', 'b']));
    expect(twice(['a=c', 'b=c'], ['c'])).toThrow();
    expect(twice(['a=c', 'a=d'], ['c', 'd'])).toThrow();
    const observed = there(['a']);
    const renamed = afterRenames(observed, renamesOf(['a=b'], called(['b']), observed));
    expect(renamesOf(['a=b'], called(['b']), renamed)).toEqual([]);
  });

  it('is not one of another infrastructure', () => {
    const observed = there(['mail-old']);
    const others = observed.instances.map((one) => ({
      ...one,
      config: { ...one.config, [MARK.project]: 'other' },
    }));
    expect(() =>
      renamesOf(['mail-old=mail-new'], called(['mail-new']), { ...observed, instances: others }),
    ).toThrow();
  });

  it('goes back by the name that it had then', () => {
    const observed = there(['mail-new']);
    const marked = observed.instances.map((one) => ({
      ...one,
      config: { ...one.config, [MARK.renamedFrom]: 'mail-old' },
    }));
    const back = { ...observed, instances: marked };
    expect(renamesBack(called(['mail-old']), back)).toEqual([
      { project: 'pro', from: 'mail-new', to: 'mail-old' },
    ]);
    expect(renamesBack(called(['mail-old', 'mail-new']), back)).toEqual([]);
    expect(renamesBack(called(['mail-old']), observed)).toEqual([]);
  });
});
