import { describe, expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../tests/integration/engine/sample-daemon.ts';
import { crowd, domain, machine, world } from '../../tests/integration/engine/world.ts';
import { computePlan, type PlanOptions } from './compute-plan.ts';
import type { Observed } from './observed.ts';

const first = world('mine', [crowd('pro', 1, 2), crowd('home', 2, 1)]);
const live = afterCreations(emptyDaemon(), computePlan(first, emptyDaemon()));
const pro = (...ips: string[]) =>
  domain(
    'pro',
    1,
    ips.map((ip, at) => machine('pro', `pro-${at + 1}`, `10.199.1.${ip}`)),
  );
const told = (desired: typeof first, options: PlanOptions = {}, observed: Observed = live) =>
  computePlan(desired, observed, options).entries.map((entry) => [
    entry.id,
    'code' in entry ? entry.code : entry.action,
    ...entry.needs.filter((need) => /^(instance|network)/.test(need)),
  ]);
const withNetwork = (subnet: string): Observed => ({
  ...live,
  networks: live.networks.map((one) =>
    one.name === 'net-home' ? { ...one, config: { ...one.config, 'ipv4.address': subnet } } : one,
  ),
});

describe('subnets', () => {
  it('of two wanted bridges that overlap: both are refused', () => {
    const twins = world('mine', [crowd('a', 9, 0), crowd('b', 9, 0)]);
    const networks = told(twins, {}, emptyDaemon()).filter(([id]) => id?.startsWith('network'));
    expect(networks).toEqual([
      ['network:net-a', 'subnet-taken'],
      ['network:net-b', 'subnet-taken'],
    ]);
  });

  it('that another domain gives up by moving elsewhere are waited for', () => {
    const swapped = world('mine', [crowd('pro', 2, 2), crowd('home', 7, 1)]);
    const networks = told(swapped).filter(([id]) => id?.startsWith('network'));
    expect(networks).toEqual([
      ['network:net-pro', 'update', 'network:net-home'],
      ['network:net-home', 'update'],
    ]);
  });

  it('that two domains exchange cannot be had: neither can move first', () => {
    const swapped = world('mine', [crowd('pro', 2, 2), crowd('home', 1, 1)]);
    const networks = told(swapped).filter(([id]) => id?.startsWith('network'));
    expect(networks.map(([, action]) => action)).toContain('subnet-taken');
  });

  it('of a domain that is removed in this plan are waited for, and refused while it stays', () => {
    const moved = world('mine', [crowd('pro', 1, 2), crowd('new', 2, 0)]);
    const network = (options: PlanOptions) =>
      told(moved, options).find(([id]) => id === 'network:net-new');
    expect(network({ prune: true })).toEqual(['network:net-new', 'create', 'network:net-home']);
    expect(network({})).toEqual(['network:net-new', 'subnet-taken']);
  });

  it('are looked at when they are written alone', () => {
    expect(told(first, {}, withNetwork('10.199.1.254/25')).map(([id, what]) => [id, what])).toEqual(
      [['network:net-home', 'update']],
    );
  });
});

describe('addresses on one bridge', () => {
  it('that a machine gives up are waited for', () => {
    expect(told(world('mine', [pro('9', '1'), crowd('home', 2, 1)]))).toEqual([
      ['instance:pro/pro-1', 'update'],
      ['instance:pro/pro-2', 'update', 'instance:pro/pro-1'],
    ]);
  });

  it('in a ring have no first: one is refused', () => {
    const ring = world('mine', [pro('2', '1'), crowd('home', 2, 1)]);
    expect(told(ring).map(([, action]) => action)).toEqual(['update', 'address-taken']);
  });

  it('of a machine that is removed are waited for', () => {
    const renamed = world('mine', [
      domain('pro', 1, [
        machine('pro', 'pro-1', '10.199.1.1'),
        machine('pro', 'other', '10.199.1.2'),
      ]),
      crowd('home', 2, 1),
    ]);
    expect(told(renamed, { prune: true })).toEqual([
      ['instance:pro/other', 'create', 'instance:pro/pro-2'],
      ['instance:pro/pro-2', 'delete'],
    ]);
    expect(told(renamed)).toEqual([['instance:pro/other', 'address-taken']]);
  });

  it('are told with who has them', () => {
    const plan = computePlan(
      world('mine', [
        domain('pro', 1, [machine('pro', 'other', '10.199.1.2')]),
        crowd('home', 2, 1),
      ]),
      live,
    );
    expect(plan.entries[0]).toMatchObject({ code: 'address-taken' });
    expect(plan.entries[0]?.reason.en).toMatch(/10\.199\.1\.2 of 'other'.*instance:pro\/pro-2/);
    expect(plan.entries[0]?.action === 'refuse' && plan.entries[0].remedy?.en).toContain('--prune');
  });

  it('on another bridge are nobody else’s business', () => {
    const same = world('mine', [
      pro('1', '2'),
      domain('home', 2, [machine('home', 'home-1', '10.199.2.2')]),
    ]);
    expect(told(same)).toEqual([['instance:home/home-1', 'update']]);
  });
});
