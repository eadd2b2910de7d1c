import { describe, expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../tests/integration/engine/sample-daemon.ts';
import { crowd, domain, machine, world } from '../../tests/integration/engine/world.ts';
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

describe('a plan', () => {
  it('P02-01 P02-12: makes each shared resource once, whatever the number of machines', () => {
    expect(ids(computePlan(two, emptyDaemon()))).toEqual([
      'create network:net-pro',
      'create project:pro',
      'create profile:pro/default',
      'create instance:pro/pro-1',
      'create instance:pro/pro-2',
      'create instance:pro/pro-3',
      'create network:net-home',
      'create project:home',
      'create profile:home/default',
      'create instance:home/home-1',
    ]);
  });

  it('P02-08: is empty for a world that is as wanted', () => {
    const plan = computePlan(two, built());
    expect(plan.entries).toEqual([]);
    expect(plan.unchanged).toBe(11);
  });

  it('is plain JSON', () => {
    const plan = computePlan(two, emptyDaemon());
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('makes every entry wait for what it stands on, and for nothing else', () => {
    const plan = computePlan(two, emptyDaemon());
    const needs = Object.fromEntries(plan.entries.map((entry) => [entry.id, entry.needs]));
    expect(needs['instance:pro/pro-2']).toEqual([
      'project:pro',
      'network:net-pro',
      'profile:pro/default',
    ]);
    expect(needs['profile:pro/default']).toEqual(['project:pro', 'network:net-pro']);
    expect(needs['network:net-home']).toEqual([]);
  });

  it('gets an absent image once and first', () => {
    const desired = world('mine', [crowd('pro', 1, 2, { image: 'images:debian/13' })]);
    const plan = computePlan(desired, emptyDaemon());
    expect(ids(plan).filter((id) => id.includes('image'))).toEqual(['create image:debian/13']);
    expect(plan.entries.at(-1)?.needs).toContain('image:debian/13');
  });
});

describe('images', () => {
  it('P02b-01: an image that went is not missed by machines that are there', () => {
    const observed = { ...built(), images: [] };
    expect(computePlan(two, observed).entries).toEqual([]);
  });

  it('are not fetched for a machine that is refused', () => {
    const vm = world('mine', [
      domain('pro', 1, [machine('pro', 'big', '10.199.1.1', { type: 'vm' })]),
    ]);
    const kinds = computePlan(vm, emptyDaemon('lxc')).entries.map((entry) => entry.kind);
    expect(kinds).not.toContain('image');
  });
});

describe('--tags and --limit', () => {
  it('P02-10: networks alone', () => {
    expect(ids(computePlan(two, emptyDaemon(), { tags: ['networks'] }))).toEqual([
      'create network:net-pro',
      'create network:net-home',
    ]);
  });

  it('refuses what stands on something absent that was not chosen', () => {
    const plan = computePlan(two, emptyDaemon(), { tags: ['projects', 'instances'] });
    expect(plan.entries.filter((entry) => entry.action === 'refuse')).toHaveLength(4);
    expect(plan.entries.at(-1)).toMatchObject({ action: 'refuse', code: 'needs-first' });
  });

  it('P02-11: a domain', () => {
    expect(ids(computePlan(two, emptyDaemon(), { limit: 'home' }))).toEqual([
      'create network:net-home',
      'create project:home',
      'create profile:home/default',
      'create instance:home/home-1',
    ]);
  });

  it('P02-12: a machine, with what its domain shares', () => {
    expect(ids(computePlan(two, emptyDaemon(), { limit: 'pro-2' }))).toEqual([
      'create network:net-pro',
      'create project:pro',
      'create profile:pro/default',
      'create instance:pro/pro-2',
    ]);
  });

  it('says so when nothing has that name', () => {
    expect(() => computePlan(two, emptyDaemon(), { limit: 'nope' })).toThrow(/neither a domain/);
    expect(() => computePlan(two, emptyDaemon(), { tags: ['nope'] })).toThrow(/no tag/);
  });
});

describe('ownership', () => {
  const unmarked = (config: Record<string, string>) => {
    const { [MARK.project]: _, ...rest } = config;
    return rest;
  };
  const foreign: Observed = {
    ...built(),
    networks: built().networks.map((one) => ({ ...one, config: unmarked(one.config) })),
    instances: built().instances.map((one) => ({
      ...one,
      config: { ...one.config, [MARK.project]: 'theirs' },
    })),
  };

  it('refuses objects of others', () => {
    const refusals = computePlan(two, foreign).entries;
    expect(refusals).toHaveLength(6);
    expect(new Set(refusals.map((entry) => 'code' in entry && entry.code))).toEqual(
      new Set(['not-ours']),
    );
  });

  it('takes them over with --adopt, by writing the mark alone', () => {
    const entries = computePlan(two, foreign, { adopt: true }).entries;
    expect(entries.map((entry) => entry.action)).toEqual(Array(6).fill('update'));
    expect(entries[0]).toMatchObject({ body: { config: { [MARK.project]: 'mine' } } });
  });

  it(`never takes Incus's own project, even with --adopt`, () => {
    const desired = world('mine', [domain('default', 3, [])]);
    expect(computePlan(desired, emptyDaemon(), { adopt: true }).entries).toContainEqual(
      expect.objectContaining({ id: 'project:default', action: 'refuse', code: 'reserved-name' }),
    );
  });

  it('refuses an interface of the host that has the name of a bridge', () => {
    const host = {
      name: 'net-pro',
      description: '',
      type: 'bridge',
      managed: false,
      status: '',
      config: {},
      used_by: [],
    };
    const plan = computePlan(two, { ...emptyDaemon(), networks: [host] }, { adopt: true });
    expect(plan.entries[0]).toMatchObject({ action: 'refuse', code: 'not-managed' });
  });
});

describe('leftovers', () => {
  const one = world('mine', [crowd('home', 2, 1)]);

  it('are listed and stay, without --prune', () => {
    const plan = computePlan(one, built());
    expect(plan.entries).toEqual([]);
    expect(plan.orphans.map((orphan) => orphan.id)).toEqual([
      'instance:pro/pro-1',
      'instance:pro/pro-2',
      'instance:pro/pro-3',
      'project:pro',
      'network:net-pro',
    ]);
  });

  it('go in the order of use with --prune', () => {
    const plan = computePlan(one, built(), { prune: true });
    expect(plan.entries.map((entry) => entry.action)).toEqual(Array(5).fill('delete'));
    const needs = Object.fromEntries(plan.entries.map((entry) => [entry.id, entry.needs]));
    expect(needs['project:pro']).toHaveLength(3);
    expect(needs['network:net-pro']).toContain('project:pro');
  });

  it('P22-17: a protected machine is refused with the reason, and what it stands on stays', () => {
    const kept = built(
      world('mine', [crowd('pro', 1, 1, { ephemeral: false }), crowd('home', 2, 1)]),
    );
    const plan = computePlan(one, kept, { prune: true });
    expect(plan.entries.map((entry) => [entry.id, 'code' in entry && entry.code])).toEqual([
      ['instance:pro/pro-1', 'protected'],
      ['project:pro', 'in-use'],
      ['network:net-pro', 'in-use'],
    ]);
    expect(plan.orphans[0]).toEqual({
      id: 'instance:pro/pro-1',
      kind: 'instance',
      protected: true,
    });
  });

  it('are those of the limit alone', () => {
    const desired = world('mine', [
      domain('pro', 1, [machine('pro', 'pro-1', '10.199.1.1')]),
      crowd('home', 2, 0),
    ]);
    const plan = computePlan(desired, built(), { prune: true, limit: 'home' });
    expect(ids(plan)).toEqual(['delete instance:home/home-1']);
  });

  it.each([
    ['new-1', ['delete instance:pro/pro-1']],
    ['pro-2', []],
    ['pro', ['delete instance:pro/pro-1', 'delete instance:pro/pro-3']],
  ])('within %s: a machine beside the limited one stays', (limit, expected) => {
    // The first one has another instance name by now, and the third is declared no longer.
    const [first, ...others] = crowd('pro', 1, 2).machines;
    const renamed = [{ ...(first as (typeof others)[number]), instance: 'new-1' }, ...others];
    const desired = world('mine', [{ ...crowd('pro', 1, 2), machines: renamed }]);
    const plan = computePlan(desired, built(), { prune: true, limit });
    expect(ids(plan).filter((one) => one.startsWith('delete'))).toEqual(expected);
    const left = plan.orphans.map(({ id }) => `delete ${id}`);
    expect(left).toEqual(expected);
  });

  it('of other infrastructures are not ours to list', () => {
    expect(computePlan({ ...one, projectName: 'new' }, built(), { prune: true }).orphans).toEqual(
      [],
    );
  });
});

describe('conflicts', () => {
  it('refuses a subnet that another bridge serves', () => {
    const other = {
      name: 'incusbr0',
      description: '',
      type: 'bridge',
      managed: true,
      status: 'Created',
      config: { 'ipv4.address': '10.199.0.1/16' },
      used_by: [],
    };
    const plan = computePlan(two, { ...emptyDaemon(), networks: [other] });
    expect(plan.entries[0]).toMatchObject({ action: 'refuse', code: 'subnet-taken' });
    expect(plan.entries[0]?.reason.en).toContain('incusbr0');
  });

  it('waits for a leftover that gives a subnet back', () => {
    const renamed = world('mine', [crowd('fresh', 1, 1)]);
    expect(computePlan(renamed, built()).entries[0]).toMatchObject({ code: 'subnet-taken' });
    const plan = computePlan(renamed, built(), { prune: true });
    const network = plan.entries.find((entry) => entry.id === 'network:net-fresh');
    expect(network).toMatchObject({ action: 'create', needs: ['network:net-pro'] });
  });

  it('refuses an address that a machine of somebody else holds', () => {
    const observed = withInstance(built(), 'pro-3', () => ({ name: 'guest', config: {} }));
    const plan = computePlan(two, observed);
    expect(plan.entries).toHaveLength(1);
    expect(plan.entries[0]).toMatchObject({ id: 'instance:pro/pro-3', code: 'address-taken' });
    expect(plan.entries[0]?.reason.en).toContain('instance:pro/guest');
  });

  it('lets an address move from one machine to another, in order', () => {
    const moved = world('mine', [
      domain('pro', 1, [
        machine('pro', 'pro-1', '10.199.1.9'),
        machine('pro', 'pro-2', '10.199.1.1'),
        machine('pro', 'pro-3', '10.199.1.3'),
      ]),
    ]);
    const plan = computePlan(moved, built(), { limit: 'pro' });
    expect(ids(plan)).toEqual(['update instance:pro/pro-1', 'update instance:pro/pro-2']);
    expect(plan.entries[1]?.needs).toContain('instance:pro/pro-1');
    expect(plan.entries[0]).toMatchObject({ body: { restart: true } });
  });

  it('refuses the last of machines that would wait for each other', () => {
    const swapped = world('mine', [
      domain('pro', 1, [
        machine('pro', 'pro-1', '10.199.1.2'),
        machine('pro', 'pro-2', '10.199.1.1'),
      ]),
    ]);
    const actions = computePlan(swapped, built(), { limit: 'pro' }).entries;
    expect(actions.map((entry) => entry.action)).toEqual(['update', 'refuse']);
  });
});

describe('what the host lacks', () => {
  const vm = world('mine', [
    domain('pro', 1, [
      machine('pro', 'pro-vm', '10.199.1.1', { type: 'vm', image: 'other' }),
      machine('pro', 'pro-ct', '10.199.1.2'),
    ]),
  ]);

  it('P09-01: refuses a virtual machine without KVM, naming it, and keeps the rest', () => {
    const plan = computePlan(vm, emptyDaemon('lxc'));
    const refusals = plan.entries.filter((entry) => entry.action === 'refuse');
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ id: 'instance:pro/pro-vm', code: 'vm-unsupported' });
    expect(refusals[0]?.reason.en).toContain('KVM');
    expect(computePlan(vm, emptyDaemon()).entries.some((one) => one.action === 'refuse')).toBe(
      false,
    );
  });

  it('P05-06: refuses a GPU machine where the daemon lists no GPU, and adds the device where it does', () => {
    const gpu = world('mine', [
      domain('pro', 1, [machine('pro', 'pro-gpu', '10.199.1.1', { gpu: true })]),
    ]);
    const last = (gpus: number) => computePlan(gpu, { ...emptyDaemon(), gpus }).entries.at(-1);
    expect(last(0)).toMatchObject({ action: 'refuse', code: 'gpu-missing' });
    expect(last(1)).toMatchObject({ body: { devices: { gpu: { type: 'gpu' } } } });
  });

  it('refuses when no pool can be chosen', () => {
    const plan = computePlan(two, { ...emptyDaemon(), pools: [] });
    expect(plan.entries.find((entry) => entry.kind === 'profile')).toMatchObject({
      code: 'no-pool',
    });
  });

  it('takes the only pool, the one named default, and the one of the default profile first', () => {
    const pool = (name: string) => ({
      name,
      driver: 'dir',
      status: 'Created',
      config: {},
      used_by: [],
    });
    const rootPool = (observed: Observed) => {
      const entry = computePlan(two, observed).entries.find((one) => one.kind === 'profile');
      return entry && 'body' in entry ? entry.body.devices?.root?.pool : undefined;
    };
    expect(rootPool({ ...emptyDaemon(), pools: [pool('fast')] })).toBe('fast');
    expect(rootPool({ ...emptyDaemon(), pools: [pool('fast'), pool('default')] })).toBe('default');
    const profiles = emptyDaemon().profiles.map((one) => ({
      ...one,
      devices: { root: { type: 'disk', path: '/', pool: 'fast' } },
    }));
    const pools = [pool('fast'), pool('default')];
    expect(rootPool({ ...emptyDaemon(), pools, profiles })).toBe('fast');
  });
});
