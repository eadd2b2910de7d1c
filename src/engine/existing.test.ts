import { describe, expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../tests/integration/engine/sample-daemon.ts';
import { crowd, world } from '../../tests/integration/engine/world.ts';
import { computePlan, type PlanOptions } from './compute-plan.ts';
import { MARK } from './marks.ts';
import type { Observed } from './observed.ts';
import type { Plan } from './plan.ts';

const two = world('mine', [crowd('pro', 1, 3), crowd('home', 2, 1)]);
const built = (desired = two, options: PlanOptions = {}) =>
  afterCreations(emptyDaemon(), computePlan(desired, emptyDaemon(), options));
const ids = (plan: Plan) => plan.entries.map((entry) => `${entry.action} ${entry.id}`);
const withInstance = (
  observed: Observed,
  name: string,
  change: (live: Observed['instances'][number]) => Partial<Observed['instances'][number]>,
): Observed => ({
  ...observed,
  instances: observed.instances.map((one) =>
    one.name === name ? { ...one, ...change(one) } : one,
  ),
});

describe('machines that are there', () => {
  it('are started when they are stopped', () => {
    const observed = withInstance(built(), 'pro-1', () => ({ status: 'Stopped' }));
    expect(ids(computePlan(two, observed))).toEqual(['start instance:pro/pro-1']);
  });

  it('are made again when an interrupted run tore them', () => {
    const torn = withInstance(built(), 'pro-1', ({ config }) => {
      const { 'volatile.last_state.power': _, ...rest } = config;
      return { status: 'Stopped', config: rest, last_used_at: '1970-01-01T00:00:00Z' };
    });
    expect(ids(computePlan(two, torn))).toEqual(['recreate instance:pro/pro-1']);
  });

  it('are never taken for torn when they ran once, as an import has', () => {
    const imported = withInstance(built(), 'pro-1', ({ config }) => {
      const { 'volatile.last_state.power': _, ...rest } = config;
      return { status: 'Stopped', config: rest };
    });
    expect(ids(computePlan(two, imported))).toEqual(['start instance:pro/pro-1']);
  });

  it('are neither changed nor made when the daemon cannot read them', () => {
    const unreadable: Observed = {
      ...built(),
      instances: built().instances.filter((one) => one.name !== 'pro-1'),
      unreadable: [{ project: 'pro', name: 'pro-1' }],
    };
    const plan = computePlan(two, unreadable);
    expect(plan.entries).toEqual([]);
    expect(plan.notes[0]).toMatchObject({ id: 'instance:pro/pro-1', code: 'state-unknown' });
  });

  it('keep their image, which is told', () => {
    const desired = world('mine', [
      crowd('pro', 1, 3, { image: 'local:probe' }),
      crowd('home', 2, 1),
    ]);
    const plan = computePlan(desired, built());
    expect(plan.entries).toEqual([]);
    expect(plan.notes.map((note) => note.code)).toEqual(Array(3).fill('image-changed'));
  });

  it('boot again when their card is unplugged by the change, and only then', () => {
    const withCard = (keys: Record<string, string>) =>
      computePlan(
        two,
        withInstance(built(), 'pro-1', ({ devices }) => {
          const eth0 = { ...devices.eth0, ...keys };
          return { devices: { eth0 }, expanded_devices: { eth0 } };
        }),
      ).entries;
    const [live] = withCard({ 'security.mac_filtering': 'false' });
    expect(live).toMatchObject({ action: 'update' });
    expect(live && 'body' in live && live.body.restart).toBeUndefined();
    expect(withCard({ hwaddr: '02:00:00:00:00:01' })).toMatchObject([{ body: { restart: true } }]);
  });

  it('cannot change their type', () => {
    const observed = withInstance(built(), 'pro-1', () => ({ type: 'virtual-machine' }));
    expect(computePlan(two, observed).entries).toMatchObject([
      { id: 'instance:pro/pro-1', action: 'refuse', code: 'type-changed' },
    ]);
  });
});

describe('half-made bridges', () => {
  const withNetwork = (change: Partial<Observed['networks'][number]>): Observed => ({
    ...built(),
    networks: built().networks.map((one) =>
      one.name === 'net-pro'
        ? { ...one, ...change, config: { ...one.config, ...change.config } }
        : one,
    ),
  });

  it('are finished when the first phase stands', () => {
    const config = { [MARK.pending]: 'create', 'ipv4.dhcp': 'false', 'dns.mode': 'none' };
    const [entry] = computePlan(two, withNetwork({ config })).entries;
    expect(entry).toMatchObject({
      action: 'update',
      body: { config: { 'ipv4.dhcp': 'true', 'dns.mode': null, [MARK.pending]: null } },
    });
  });

  it('are finished also when only the mark is left', () => {
    const [entry] = computePlan(two, withNetwork({ config: { [MARK.pending]: 'create' } })).entries;
    expect(entry).toMatchObject({ action: 'update', body: { config: { [MARK.pending]: null } } });
  });

  it('are made again when nothing uses them, else refused with what to do by hand', () => {
    expect(computePlan(two, withNetwork({ status: 'Pending' })).entries[0]).toMatchObject({
      id: 'network:net-pro',
      action: 'recreate',
    });
    const used = withNetwork({
      status: 'Unavailable',
      used_by: ['/1.0/instances/pro-1?project=pro'],
    });
    const [entry] = computePlan(two, used).entries;
    expect(entry).toMatchObject({ action: 'refuse', code: 'network-half-made' });
    expect(entry?.action === 'refuse' && entry.remedy?.en).toContain('dnsmasq');
  });
});
