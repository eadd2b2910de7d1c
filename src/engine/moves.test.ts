import { describe, expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../tests/integration/engine/sample-daemon.ts';
import { crowd, domain, machine, world } from '../../tests/integration/engine/world.ts';
import type { Instance } from '../incus/index.ts';
import { computePlan, type PlanOptions } from './compute-plan.ts';
import { MARK } from './marks.ts';
import type { Observed } from './observed.ts';
import type { PlanEntry } from './plan.ts';

const before = world('mine', [crowd('pro', 1, 2)]);
const live = afterCreations(emptyDaemon(), computePlan(before, emptyDaemon()));
const after = (subnet: number) =>
  world('mine', [
    domain(
      'pro',
      subnet,
      [1, 2].map((n) => machine('pro', `pro-${n}`, `10.199.${subnet}.${n}`)),
    ),
  ]);

const running = (change: (one: Instance) => Partial<Instance> = () => ({})): Observed => ({
  ...live,
  instances: live.instances.map((one) => ({ ...one, status: 'Running', ...change(one) })),
});
const stranger = (more: Partial<Instance>): Observed => {
  const all = running();
  const [first] = all.instances;
  if (!first) throw new Error('no machine');
  const { [MARK.project]: _, ...config } = first.config;
  const eth0 = { type: 'nic', network: 'net-pro', name: 'eth0', 'ipv4.address': '10.199.1.77' };
  const other = { ...first, name: 'other', config, devices: { eth0 }, expanded_devices: { eth0 } };
  return { ...all, instances: [...all.instances, { ...other, ...more }] };
};
const entriesOf = (observed: Observed, subnet = 11, options: PlanOptions = {}) =>
  new Map(computePlan(after(subnet), observed, options).entries.map((entry) => [entry.id, entry]));
const bodyOf = (entry: PlanEntry | undefined) =>
  entry && 'body' in entry ? entry.body : undefined;
const NETWORK = 'network:net-pro';

describe('case 03: a bridge takes its machines to its new subnet', () => {
  it('B07-06: what runs is stopped for it, gets its new address with it, and is started', () => {
    const entries = entriesOf(running());
    const network = entries.get(NETWORK);
    expect(network).toMatchObject({
      action: 'update',
      changes: [
        { key: 'config.ipv4.address', from: '10.199.1.254/24', to: '10.199.11.254/24' },
        { key: 'restarts', to: 'pro-1, pro-2' },
      ],
    });
    expect(bodyOf(network)?.moves).toMatchObject(
      [1, 2].map((n) => ({
        project: 'pro',
        name: `pro-${n}`,
        devices: { eth0: { 'ipv4.address': `10.199.11.${n}`, network: 'net-pro', type: 'nic' } },
      })),
    );
    for (const n of [1, 2]) {
      const own = entries.get(`instance:pro/pro-${n}`);
      expect(own).toMatchObject({ action: 'update', body: { start: true } });
      expect(bodyOf(own)).not.toHaveProperty('restart');
      expect(own?.needs).toContain(NETWORK);
    }
  });

  it('a frozen machine as well; a stopped one is not named as one that restarts', () => {
    const status = (one: Instance) => ({ status: one.name === 'pro-1' ? 'Frozen' : 'Stopped' });
    const mixed = running((one) => ({
      ...status(one),
      config: { ...one.config, 'volatile.last_state.power': 'STOPPED' },
    }));
    const entries = entriesOf(mixed);
    expect(entries.get(NETWORK)).toMatchObject({ changes: [{}, { to: 'pro-1' }] });
    expect(bodyOf(entries.get(NETWORK))?.moves).toHaveLength(2);
    for (const n of [1, 2])
      expect(entries.get(`instance:pro/pro-${n}`)).toMatchObject({ body: { start: true } });
  });

  it('a change of anything else moves nothing', () => {
    const named = world(
      'mine',
      before.domains.map((one) => ({ ...one, description: 'other' })),
    );
    const plan = computePlan(named, running());
    expect(bodyOf(plan.entries.find(({ id }) => id === NETWORK))).not.toHaveProperty('moves');
  });

  it('one whose bridge was moved under it before is stopped, changed and started by itself', () => {
    const networks = live.networks.map((one) => ({
      ...one,
      config: { ...one.config, 'ipv4.address': '10.199.11.254/24' },
    }));
    const entries = entriesOf({ ...running(), networks });
    expect(entries.has(NETWORK)).toBe(false);
    expect(entries.get('instance:pro/pro-1')).toMatchObject({ body: { restart: true } });
  });

  it('all of the domain goes along, also where one machine is asked for', () => {
    const entries = entriesOf(running(), 11, { limit: 'pro-1' });
    expect(bodyOf(entries.get(NETWORK))?.moves).toHaveLength(2);
    expect(entriesOf(running(), 11, { tags: ['networks'] }).get(NETWORK)).toMatchObject({
      body: { moves: [{ name: 'pro-1' }, { name: 'pro-2' }] },
    });
  });

  it('machines alone are not changed without their bridge', () => {
    const entries = entriesOf(running(), 11, { tags: ['instances'] });
    expect([...entries.values()].map((one) => 'code' in one && one.code)).toEqual([
      'needs-first',
      'needs-first',
    ]);
  });

  it('all or nothing: a machine that cannot be changed holds its domain back', () => {
    const other = running((one) => (one.name === 'pro-2' ? { type: 'virtual-machine' } : {}));
    expect(entriesOf(other).get(NETWORK)).toMatchObject({
      action: 'refuse',
      code: 'subnet-held',
      reason: { en: expect.stringContaining('instance:pro/pro-2 cannot be changed') },
    });
  });

  it('so does what nobody declares and runs on it, until it stops or goes in the same plan', () => {
    const held = { action: 'refuse', code: 'subnet-held' };
    expect(entriesOf(stranger({})).get(NETWORK)).toMatchObject(held);
    expect(entriesOf(stranger({ status: 'Stopped' })).get(NETWORK)).toMatchObject({
      action: 'update',
    });
    const ours = stranger({ config: { [MARK.project]: 'mine' } });
    expect(entriesOf(ours).get(NETWORK)).toMatchObject(held);
    const pruned = entriesOf(ours, 11, { prune: true }).get(NETWORK);
    expect(pruned).toMatchObject({ action: 'update', needs: ['instance:pro/other'] });
    const disposables = stranger({ name: 'disp-1', ephemeral: true }).instances.slice(-1);
    expect(entriesOf({ ...running(), disposables }).get(NETWORK)).toMatchObject({
      ...held,
      remedy: { en: expect.stringContaining('anklume incus -- stop disp-1 --project pro') },
    });
  });

  it('a machine with NICs on two bridges that move is started when both have moved', () => {
    const eth1 = { type: 'nic', network: 'net-lab', name: 'eth1' };
    const two = (pro: number, lab: number) =>
      world('mine', [
        domain('lab', lab, [machine('lab', 'lab-1', `10.199.${lab}.1`)]),
        domain('pro', pro, [
          machine('pro', 'pro-1', `10.199.${pro}.1`, {
            devices: { eth1: { ...eth1, 'ipv4.address': `10.199.${lab}.9` } },
          }),
        ]),
      ]);
    const there = afterCreations(emptyDaemon(), computePlan(two(1, 2), emptyDaemon()));
    const runs = {
      ...there,
      instances: there.instances.map((one) => ({ ...one, status: 'Running' })),
    };
    const plan = computePlan(two(11, 12), runs);
    const moves = plan.entries.flatMap((entry) =>
      (bodyOf(entry)?.moves ?? []).map(({ name, late }) => [entry.id, name, late ?? false]),
    );
    expect(moves).toEqual([
      ['network:net-lab', 'lab-1', false],
      ['network:net-lab', 'pro-1', true],
      ['network:net-pro', 'pro-1', true],
    ]);
    const own = plan.entries.find(({ id }) => id === 'instance:pro/pro-1');
    expect(own?.needs).toEqual(expect.arrayContaining(['network:net-lab', NETWORK]));
    expect(bodyOf(own)).toMatchObject({ start: true });
  });

  it('a machine that has its NIC from a profile is started when the profile is changed too', () => {
    const nic = (address: string) => ({ type: 'nic', network: 'net-pro', 'ipv4.address': address });
    const inherited = running((one) => ({
      devices: {},
      expanded_devices: { ...one.expanded_devices, eth1: nic('10.199.1.77') },
    }));
    const moves = bodyOf(entriesOf(inherited).get(NETWORK))?.moves;
    expect(moves?.map(({ late }) => late)).toEqual([true, true]);
  });
});
