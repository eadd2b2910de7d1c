import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyDesired, awaitedOf, planFor, waitForAddresses } from '../../../src/engine/index.ts';
import type { Incus } from '../../../src/incus/index.ts';
import type { Desired, DesiredMachine } from '../../../src/world/tree/index.ts';
import { incusCli, incusQuery, uniqueName } from '../support.ts';
import { door, listed, names, removeDomains, writesDuring } from './daemon.ts';
import { crowd, domain, machine, world } from './world.ts';

const [pro, home] = ['p', 'h'].map(uniqueName) as [string, string];
const nesting = { name: 'nesting', config: { 'security.nesting': 'true' }, devices: {} };

/** Two domains; the first machine of the first is what each test changes. */
function desired(more: Partial<DesiredMachine> = {}, profile = nesting): Desired {
  const first = machine(pro, `${pro}-1`, '10.199.21.1', {
    profiles: ['default', 'nesting'],
    ...more,
  });
  const second = machine(pro, `${pro}-2`, '10.199.21.2');
  return world('change-test', [
    domain(pro, 21, [first, second], { profiles: [profile] }),
    crowd(home, 22, 1),
  ]);
}

let incus: Incus;
beforeAll(async () => {
  incus = await door();
});
afterAll(async () => {
  await removeDomains(pro, home);
  await incus.close();
});

const first = async () => {
  const [one] = await listed(pro);
  if (!one) throw new Error('the first machine is gone');
  return one;
};

describe('apply', () => {
  // Matrix: AP-103
  it('P02-10: with --tags networks makes only the bridges', async () => {
    await applyDesired(desired(), incus, { tags: ['networks'] });
    expect(await names('network')).toEqual(expect.arrayContaining([`net-${pro}`, `net-${home}`]));
    expect(await names('project')).not.toContain(pro);
  });

  // Matrix: AP-104
  it('P02-11 P02-12: with --limit touches one domain, and one machine with what it stands on', async () => {
    const writes = await writesDuring(() => applyDesired(desired(), incus, { limit: `${pro}-2` }));
    expect(writes.some((write) => write.source.includes(home))).toBe(false);
    expect((await listed(pro, home)).map((one) => one.name)).toEqual([`${pro}-2`]);
    await applyDesired(desired(), incus);
    const calm = await writesDuring(() =>
      applyDesired(desired({ config: { 'boot.host_shutdown_timeout': '90' } }), incus, {
        limit: home,
      }),
    );
    expect(calm).toEqual([]);
  });
});

describe('a change of what is declared', () => {
  // Matrix: AP-201
  it('reaches the machine in place, and keys set by hand stay', async () => {
    const where = ['--project', pro];
    await incusCli('config', 'set', `${pro}-1`, 'user.note=mine', ...where);
    const born = (await first()).created_at;
    const config = { 'boot.host_shutdown_timeout': '100' };
    expect(await applyDesired(desired({ config }), incus)).toMatchObject({ done: 1 });
    expect((await first()).config).toMatchObject({ ...config, 'user.note': 'mine' });
    expect((await first()).created_at).toBe(born);
  });

  it('taken away again is taken away in Incus', async () => {
    const disk = { type: 'disk', pool: 'default', source: 'extra', path: '/extra' };
    const volumes = [{ name: 'extra', path: '/extra', config: {} }];
    await applyDesired(desired({ volumes }), incus);
    expect((await first()).devices.extra).toEqual(disk);
    expect((await first()).config).not.toHaveProperty(['boot.host_shutdown_timeout']);
    await applyDesired(desired(), incus);
    expect((await first()).devices).not.toHaveProperty('extra');
    expect((await first()).config['user.note']).toBe('mine');
    const plan = await planFor(desired(), incus);
    expect(plan.orphans).toMatchObject([{ kind: 'volume', protected: false }]);
    expect(await applyDesired(desired(), incus, { prune: true })).toMatchObject({ done: 1 });
    expect((await planFor(desired(), incus)).orphans).toEqual([]);
  });

  it('P02-04: in a profile reaches its machines', async () => {
    const changed = {
      ...nesting,
      config: { 'security.nesting': 'true', 'boot.host_shutdown_timeout': '77' },
    };
    expect(await applyDesired(desired({}, changed), incus)).toMatchObject({ done: 1 });
    expect((await first()).expanded_config['boot.host_shutdown_timeout']).toBe('77');
    await applyDesired(desired(), incus);
    expect((await first()).expanded_config).not.toHaveProperty(['boot.host_shutdown_timeout']);
  });

  // Matrix: AP-202
  it('of the address moves the machine, which then holds the new one', async () => {
    const moved = desired({ ip: '10.199.21.50' });
    expect(await applyDesired(moved, incus)).toMatchObject({ done: 1, failed: 0 });
    const ready = await waitForAddresses(incus, awaitedOf(moved), { containerSeconds: 20 });
    expect(ready.filter((one) => !one.ready)).toEqual([]);
    expect((await planFor(moved, incus)).entries).toEqual([]);
    await applyDesired(desired(), incus);
  });

  it('of the description and of profiles is seen', async () => {
    const other = desired({ description: 'new words', profiles: ['default'] });
    await applyDesired(other, incus);
    const one = await incusQuery<{ description: string; profiles: string[] }>(
      `/1.0/instances/${pro}-1?project=${pro}`,
    );
    expect(one).toMatchObject({ description: 'new words', profiles: ['default'] });
    await applyDesired(desired(), incus);
  });

  it('starts a machine that was stopped', async () => {
    await incusCli('stop', '--force', `${pro}-1`, '--project', pro);
    expect(await applyDesired(desired(), incus)).toMatchObject({ done: 1 });
    expect((await first()).status).toBe('Running');
  });
});

describe('ownership', () => {
  // Matrix: AP-302
  it('refuses what others made, before any change, and takes it over with --adopt', async () => {
    await incusCli('config', 'unset', `${pro}-1`, 'user.anklume.project', '--project', pro);
    const config = { 'boot.host_shutdown_timeout': '55' };
    const writes = await writesDuring(() =>
      expect(applyDesired(desired({ config }), incus)).rejects.toMatchObject({
        code: 'plan-refused',
        problems: [{ code: 'not-ours' }],
      }),
    );
    expect(writes).toEqual([]);
    await applyDesired(desired({ config }), incus, { adopt: true });
    expect((await first()).config).toMatchObject({
      ...config,
      'user.anklume.project': 'change-test',
      'user.note': 'mine',
    });
    await applyDesired(desired(), incus);
  });

  it('refuses a bridge and a project made by hand', async () => {
    const hand = uniqueName('m');
    await incusCli('network', 'create', `net-${hand}`, 'ipv4.address=none', 'ipv6.address=none');
    await incusCli('project', 'create', hand);
    try {
      const plan = await planFor(world('change-test', [domain(hand, 23, [])]), incus);
      expect(plan.entries.map((entry) => 'code' in entry && entry.code)).toEqual([
        'not-ours',
        'not-ours',
        'not-ours',
      ]);
    } finally {
      await incusCli('project', 'delete', hand);
      await incusCli('network', 'delete', `net-${hand}`);
    }
  });
});

describe('what cannot be done', () => {
  it('P09-01: a virtual machine without KVM is refused before any change; --partial does the rest', async () => {
    const vm = world('change-test', [
      ...desired().domains.slice(0, 1),
      domain(home, 22, [
        machine(home, `${home}-1`, '10.199.22.1', {
          config: { 'boot.host_shutdown_timeout': '60' },
        }),
        machine(home, `${home}-vm`, '10.199.22.9', { type: 'vm' }),
      ]),
    ]);
    await expect(applyDesired(vm, incus)).rejects.toMatchObject({
      problems: [{ code: 'vm-unsupported' }],
    });
    expect((await listed(home))[0]?.config).not.toHaveProperty(['boot.host_shutdown_timeout']);
    // With the profile of the domain, whose root disks are no longer those of containers alone.
    const report = await applyDesired(vm, incus, { partial: true });
    expect(report).toMatchObject({ done: 2, failed: 1 });
    expect((await listed(home)).map((one) => one.name)).toEqual([`${home}-1`]);
  });

  it('an entry that fails takes only its dependants with it', async () => {
    const bad = machine(home, `${home}-bad`, '10.199.22.8', {
      config: { 'no.such.key': 'x' },
    });
    const some = world('change-test', [
      ...desired({ config: { 'boot.host_shutdown_timeout': '61' } }).domains.slice(0, 1),
      domain(home, 22, [machine(home, `${home}-1`, '10.199.22.1'), bad]),
    ]);
    // And the profile, now that no virtual machine is declared beside.
    const report = await applyDesired(some, incus);
    expect(report).toMatchObject({ done: 3, failed: 1 });
    expect(report.outcomes.find((one) => one.result === 'failed')).toMatchObject({
      id: `instance:${home}/${home}-bad`,
    });
    expect((await first()).config['boot.host_shutdown_timeout']).toBe('61');
  });
});

describe('removal', () => {
  it('P22-17: refuses a protected machine, and removes the rest of a domain only with --prune', async () => {
    const guarded = desired({ ephemeral: false });
    await applyDesired(guarded, incus);
    const rest = world('change-test', guarded.domains.slice(1));
    await applyDesired(rest, incus);
    expect(await listed(pro)).toHaveLength(2);
    const report = await applyDesired(rest, incus, { prune: true, partial: true });
    expect((await listed(pro)).map((one) => one.name)).toEqual([`${pro}-1`]);
    const refusal = report.outcomes.find((one) => one.id === `instance:${pro}/${pro}-1`);
    expect(refusal).toMatchObject({ result: 'failed', code: 'protected' });
    expect(refusal?.message?.en).toContain('protected');
    expect(await names('network')).toContain(`net-${pro}`);
  });

  // Matrix: AP-203
  it('removes a whole domain, machine first and bridge last', async () => {
    await incusCli(
      'config',
      'set',
      `${pro}-1`,
      'security.protection.delete=false',
      '--project',
      pro,
    );
    const rest = world('change-test', desired().domains.slice(1));
    const report = await applyDesired(rest, incus, { prune: true });
    expect(report).toMatchObject({ failed: 0, skipped: 0 });
    expect(await names('project')).not.toContain(pro);
    expect(await names('network')).not.toContain(`net-${pro}`);
  });

  it('an interrupted run begins nothing more and tells what it did not do', async () => {
    const stop = new AbortController();
    stop.abort();
    const report = await applyDesired(desired(), incus, { signal: stop.signal });
    expect(report.done).toBe(0);
    expect(report.outcomes.every((one) => one.result === 'skipped')).toBe(true);
    expect(await names('network')).not.toContain(`net-${pro}`);
  });
});
