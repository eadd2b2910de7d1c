import { expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../tests/integration/engine/sample-daemon.ts';
import { crowd, machine, world } from '../../tests/integration/engine/world.ts';
import { computePlan } from './compute-plan.ts';
import { computeFlush } from './flush.ts';
import { MARK } from './marks.ts';
import type { Observed } from './observed.ts';

const pro = crowd('pro', 1, 1);
const home = crowd('home', 2, 1);
const desired = world('mine', [pro, home]);
const built = afterCreations(emptyDaemon(), computePlan(desired, emptyDaemon()));
const [first] = built.instances;
const nic = { type: 'nic', network: 'net-pro', 'ipv4.address': '10.199.1.60' };
/** The same world with a disposable machine in the domain pro. */
const observed: Observed = {
  ...built,
  disposables: first
    ? [
        {
          ...first,
          name: 'disp-1',
          project: 'pro',
          ephemeral: true,
          config: { [MARK.project]: 'mine', [MARK.domain]: 'pro', [MARK.disposable]: '{}' },
          devices: { eth0: nic },
          expanded_config: {},
          expanded_devices: { eth0: nic },
        },
      ]
    : [],
};

it('are no part of a plan: nothing to do and no orphan', () => {
  expect(observed.disposables).toHaveLength(1);
  expect(computePlan(desired, observed, { prune: true })).toMatchObject({
    entries: [],
    orphans: [],
  });
});

it('keep what they stand on from being pruned', () => {
  const { entries } = computePlan({ ...desired, domains: [home] }, observed, { prune: true });
  const refused = entries.filter(({ action }) => action === 'refuse').map(({ id }) => id);
  expect(refused).toEqual(expect.arrayContaining(['project:pro', 'network:net-pro']));
  expect(entries.map(({ id }) => id)).not.toContain('instance:pro/disp-1');
});

it('hold their address against a machine that is declared later', () => {
  const more = { ...pro, machines: [...pro.machines, machine('pro', 'new', '10.199.1.60')] };
  const { entries } = computePlan({ ...desired, domains: [more, home] }, observed);
  expect(entries.find(({ name }) => name === 'new')).toMatchObject({ code: 'address-taken' });
});

it('go with a flush of their infrastructure, before what they stand on', () => {
  const { entries } = computeFlush('mine', observed, { force: true });
  expect(entries[0]).toMatchObject({ action: 'delete', id: 'instance:pro/disp-1' });
  expect(computeFlush('others', observed, { force: true }).entries).toEqual([]);
});
