import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { type TestProject, testProject } from '../cli/projects.ts';
import { removeDomains, type Written, writesDuring } from '../engine/daemon.ts';
import { anklume, incusCli, incusQuery, inSandbox, uniqueName } from '../support.ts';
import {
  configOf,
  DIR_POOL,
  dataOf,
  dirPool,
  makeData,
  onHost,
  type Placed,
  snapshotsOf,
  spoil,
  statusOf,
} from './world.ts';

const domains = ['p', 'q', 'r', 's'].map(uniqueName) as [string, string, string, string];
const [pro, perso, lab, old] = domains;
const at = (domain: string, n: number, pool?: string): Placed => ({
  project: domain,
  name: `${domain}-${n}`,
  ...(pool && { pool }),
});
const all = [at(pro, 1), at(pro, 2, DIR_POOL), at(perso, 1), at(lab, 1), at(old, 1)];
const sandbox = [`--sandbox=${inject('sandbox')}`];
let project: TestProject;
const here = (...args: string[]) => anklume([...args, ...sandbox], { cwd: project.folder });

/** The machines that have a snapshot of this name. */
async function holders(snapshot: string): Promise<string[]> {
  const found = await Promise.all(
    all.map(async (one) => ((await snapshotsOf(one)).includes(snapshot) ? one.name : '')),
  );
  return found.filter((name) => name !== '');
}

/** What the daemon wrote by itself, each minute, is not told: snapshots of the machine with a schedule, by their names. */
function unscheduled(writes: readonly Written[]): readonly Written[] {
  const own = new RegExp(`^/1\\.0/instances/${lab}-1/snapshots/snap[0-9]+(\\?|$)`);
  return writes.filter(
    ({ action, source }) =>
      !/^instance-snapshot-(created|deleted)$/.test(action) || !own.test(source),
  );
}

beforeAll(async () => {
  await dirPool();
  const root = `{root: {type: disk, path: /, pool: ${DIR_POOL}}}`;
  project = await testProject(`project_name: snap-${pro}
global: {base_subnet: "10.241", default_os_image: probe}
domains:
  ${pro}: {subnet_id: 1, ephemeral: true, machines: {${pro}-1: {}, ${pro}-2: {devices: ${root}}}}
  ${perso}: {subnet_id: 2, ephemeral: false, machines: {${perso}-1: {}}}
  ${lab}:
    subnet_id: 3
    ephemeral: true
    machines: {${lab}-1: {snapshots_schedule: "* * * * *", snapshots_expiry: 1h}}
  ${old}: {subnet_id: 4, ephemeral: true, machines: {${old}-1: {}}}
`);
  await anklume(['sync'], { cwd: project.folder });
  const applied = await here('apply');
  expect(applied.code, applied.stderr).toBe(0);
});
afterAll(async () => {
  await removeDomains(...domains);
  await project[Symbol.asyncDispose]();
});

describe('snapshots of one machine, a domain, or everything', () => {
  // Matrix: SN-101
  it('P04-01: are named, or named after the time', async () => {
    const named = await here('snapshot', 'create', `${pro}-1`, 'first', '--json');
    expect(named.code, named.stderr).toBe(0);
    expect(await snapshotsOf(at(pro, 1))).toEqual(['first']);
    const automatic = await here('snapshot', 'create', `${pro}-1`, '--json');
    const { outcomes } = JSON.parse(automatic.stdout);
    expect(outcomes).toMatchObject([{ machine: `${pro}-1`, result: 'created' }]);
    expect(outcomes[0].snapshot).toMatch(/^snap-\d{8}-\d{6}$/);
    expect(await snapshotsOf(at(pro, 1))).toEqual(['first', outcomes[0].snapshot]);
    const again = await here('snapshot', 'create', `${pro}-1`, 'first');
    expect(again.code).toBe(1);
    expect(again.stdout).toContain("has a snapshot 'first' already");
    for (const bad of ['a b', '../x', 'pre-apply-1'])
      expect((await here('snapshot', 'create', `${pro}-1`, bad)).code).toBe(2);
  });

  it('P04-01: without names, several in one second have each their own', async () => {
    const machine = `${pro}-1`;
    const made = await Promise.all(
      [1, 2, 3].map(() => here('snapshot', 'create', machine, '--json')),
    );
    expect(made.map(({ code }) => code)).toEqual([0, 0, 0]);
    const names = made.map(({ stdout }) => JSON.parse(stdout).outcomes[0].snapshot as string);
    expect(new Set(names).size).toBe(3);
    expect(await snapshotsOf(at(pro, 1))).toEqual(expect.arrayContaining(names));
    for (const name of names) await here('snapshot', 'delete', machine, name, '--yes');
  });

  // Matrix: SN-201
  it('P04-04 P04-07: each scope reaches its machines and no other', async () => {
    expect((await here('snapshot', 'create', `${perso}-1`, 'one')).code).toBe(0);
    expect(await holders('one')).toEqual([`${perso}-1`]);
    expect((await here('snapshot', 'create', pro, 'domain')).code).toBe(0);
    expect(await holders('domain')).toEqual([`${pro}-1`, `${pro}-2`]);
    expect((await here('snapshot', 'create', 'all', 'everything')).code).toBe(0);
    expect(await holders('everything')).toEqual(all.map(({ name }) => name));
    const listed = await here('snapshot', 'list', pro, '--json');
    const { snapshots } = JSON.parse(listed.stdout) as {
      snapshots: { machine: string; name: string; expiresAt?: string }[];
    };
    expect(snapshots.filter(({ name }) => name === 'domain').map((one) => one.machine)).toEqual([
      `${pro}-1`,
      `${pro}-2`,
    ]);
    expect((await here('snapshot', 'create', 'nobody', 'x')).code).toBe(2);
  });

  it('P04-03: write nothing but the machines that are meant', async () => {
    const writes = await writesDuring(async () => {
      expect((await here('snapshot', 'create', `${pro}-1`, 'alone')).code).toBe(0);
      expect((await here('snapshot', 'restore', `${pro}-1`, 'alone', '--yes')).code).toBe(0);
      expect((await here('snapshot', 'delete', `${pro}-1`, 'alone', '--yes')).code).toBe(0);
    });
    expect(writes.length).toBeGreaterThan(2);
    const others = writes.filter(({ source }) => !source.startsWith(`/1.0/instances/${pro}-1`));
    expect(unscheduled(others)).toEqual([]);
  });
});

describe('going back', () => {
  it.each<[string, number, Placed]>([
    ['btrfs', 20_000, at(pro, 1)],
    ['dir', 4000, at(pro, 2, DIR_POOL)],
  ])(
    'P04-02 P04-06 P22-08: on %s, a running machine has its data and its settings again',
    async (_driver, files, machine) => {
      await makeData(machine, files);
      const before = await dataOf(machine);
      const instance = `/1.0/instances/${machine.name}?project=${pro}`;
      await incusCli('query', '-X', 'PATCH', '-d', '{"description": "what it is for"}', instance);
      expect((await here('snapshot', 'create', machine.name, 'before-change')).code).toBe(0);
      await spoil(machine);
      const limit = (await configOf(machine))['limits.processes'];
      expect(limit).not.toBe('50');
      await incusCli('config', 'set', machine.name, 'limits.processes=50', '--project', pro);
      expect(await dataOf(machine)).not.toBe(before);
      const restored = await here('restore', machine.name, 'before-change', '--yes');
      expect(restored.code, restored.stdout + restored.stderr).toBe(0);
      expect(await dataOf(machine)).toBe(before);
      expect((await configOf(machine))['limits.processes']).toBe(limit);
      const { description } = await incusQuery<{ description: string }>(instance);
      expect(description).toBe('what it is for');
      expect(await statusOf(machine)).toBe('Running');
      await inSandbox('rm', '-rf', onHost(machine, '/data'));
      expect((await here('snapshot', 'delete', machine.name, 'before-change', '--yes')).code).toBe(
        0,
      );
    },
  );

  // Matrix: SN-103
  it('P04-05: twice, and removal twice, end well and the second changes nothing', async () => {
    const machine = at(old, 1);
    await here('snapshot', 'create', old, 'twice');
    const counts = async (...words: string[]) => {
      const { code, stdout } = await here('snapshot', ...words, '--json', '--yes');
      const { changed, unchanged, failed } = JSON.parse(stdout);
      return { code, changed, unchanged, failed };
    };
    const done = { code: 0, changed: 1, unchanged: 0, failed: 0 };
    const same = { code: 0, changed: 0, unchanged: 1, failed: 0 };
    expect(await counts('restore', old, 'twice')).toEqual(done);
    // Written to in between: the second time counts as no change, and the data is right all the same.
    await inSandbox('touch', onHost(machine, '/late'));
    expect(await counts('restore', old, 'twice')).toEqual(same);
    await expect(inSandbox('stat', onHost(machine, '/late'))).rejects.toThrow();
    expect(await counts('delete', old, 'twice')).toEqual(done);
    expect(await counts('delete', old, 'twice')).toEqual(same);
    expect((await here('plan', '--exit-code', '--limit', old)).code).toBe(0);
  });

  it('P24-02: keeps what it writes over, stands in the history, and can be undone', async () => {
    const machine = at(old, 1);
    expect((await here('snapshot', 'create', machine.name, 'net')).code).toBe(0);
    await inSandbox('touch', onHost(machine, '/since'));
    const restored = await here('restore', machine.name, '--yes', '--json');
    expect(restored.code, restored.stderr).toBe(0);
    const { safety, generation } = JSON.parse(restored.stdout);
    expect(await snapshotsOf(machine)).toContain(safety);
    await expect(inSandbox('stat', onHost(machine, '/since'))).rejects.toThrow();
    const told = JSON.parse((await here('history', '--json')).stdout);
    expect(told.generations.at(-1)).toMatchObject({
      number: generation,
      kind: 'restore',
      to: 'net',
      limit: machine.name,
      snapshots: [{ machine: machine.name, snapshot: safety, ran: true }],
    });
    const back = await here('rollback', '--yes');
    expect(back.code, back.stdout + back.stderr).toBe(0);
    await inSandbox('rm', onHost(machine, '/since'));
    expect(await statusOf(machine)).toBe('Running');
    expect((await here('snapshot', 'delete', machine.name, 'net', '--yes')).code).toBe(0);
  });

  it('a stopped machine stays stopped', async () => {
    const machine = at(old, 1);
    await incusCli('stop', '--force', machine.name, '--project', old);
    await here('snapshot', 'create', machine.name, 'cold');
    await inSandbox('touch', onHost(machine, '/late'));
    expect((await here('restore', machine.name, '--yes')).code).toBe(0);
    await expect(inSandbox('stat', onHost(machine, '/late'))).rejects.toThrow();
    expect(await statusOf(machine)).toBe('Stopped');
    await incusCli('start', machine.name, '--project', old);
  });

  // Matrix: SN-302
  it('asks before any data is given up, and refuses where nobody can answer', async () => {
    const machine = at(perso, 1);
    const writes = await writesDuring(async () => {
      const refused = await here('restore', machine.name, 'one');
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain(`${machine.name} → one`);
      expect(refused.stderr).toContain('--yes');
      expect((await here('snapshot', 'delete', machine.name, 'one')).code).toBe(2);
      expect((await here('restore', `${pro}-1`, 'first')).code).toBe(2);
      expect((await here('restore', `${pro}-1`)).code).toBe(2);
    });
    expect(unscheduled(writes)).toEqual([]);
    expect((await here('restore', machine.name, 'one', '--yes')).code).toBe(0);
  });

  // Matrix: SN-301
  it('P22-19: before any snapshot, says which command comes first', async () => {
    await incusCli('snapshot', 'delete', `${old}-1`, 'everything', '--project', old);
    await incusCli('snapshot', 'delete', `${old}-1`, 'cold', '--project', old);
    const { code, stdout } = await here('restore', `${old}-1`, '--yes');
    expect(code).toBe(1);
    expect(stdout).toContain(`anklume snapshot create ${old}-1`);
  });
});

// Matrix: SN-303
it('killed at any moment, the next restore brings everything back', async () => {
  const machines = [at(pro, 1), at(pro, 2, DIR_POOL)];
  for (const machine of machines) await makeData(machine, 100);
  const before = await Promise.all(machines.map(dataOf));
  for (const moment of [300, 600, 900]) {
    await here('snapshot', 'delete', pro, 'killed', '--yes');
    const words = (verb: string) => ['snapshot', verb, pro, 'killed', ...sandbox];
    await anklume(words('create'), { cwd: project.folder, killAfter: moment });
    await here('snapshot', 'create', pro, 'killed');
    expect(await holders('killed')).toEqual(machines.map(({ name }) => name));
    for (const machine of machines) await spoil(machine);
    await anklume([...words('restore'), '--yes'], { cwd: project.folder, killAfter: moment });
    const { code, stderr, stdout } = await here('snapshot', 'restore', pro, 'killed', '--yes');
    expect(code, stdout + stderr).toBe(0);
    expect(await Promise.all(machines.map(dataOf)), `after ${moment} ms`).toEqual(before);
    expect(await Promise.all(machines.map(statusOf))).toEqual(['Running', 'Running']);
  }
});

it('the tab key knows the names of snapshots, and the words for machines', async () => {
  const complete = (...words: string[]) =>
    anklume(['complete', '--', ...words], { cwd: project.folder });
  expect((await complete('snapshot', 'restore', `${pro}-1`, '')).stdout).toContain('first\t');
  expect((await complete('snapshot', 'create', '')).stdout).toMatch(
    new RegExp(`${pro}-1\\t[^]*all\\t[^]*self\\t`),
  );
});

it('make snapshot and make restore hand their variables over', async () => {
  const make = (...words: string[]) =>
    run(['make', '--no-print-directory', '-n', ...words, `ANKLUME=anklume -C ${project.folder}`], {
      cwd: new URL('../../..', import.meta.url).pathname,
    });
  const line = async (...words: string[]) => (await make(...words)).stdout.trim();
  const start = `anklume -C ${project.folder} snapshot`;
  expect(await line('snapshot', 'I=pro-dev', 'S=x')).toBe(`${start} create 'pro-dev' 'x'`);
  expect(await line('snapshot')).toBe(`${start} create 'all'`);
  expect(await line('restore', 'G=pro', 'S=x')).toBe(`${start} restore 'pro' 'x'`);
  expect(await line('snapshot-delete', 'I=a', 'S=x')).toBe(`${start} delete 'a' 'x'`);
});

// Matrix: SN-204
it('a schedule of infra.yml makes snapshots by itself, which expire', async () => {
  // Incus looks once a minute; the tests above took most of it.
  const writes = await writesDuring(() =>
    expect
      .poll(async () => (await snapshotsOf(at(lab, 1))).filter((name) => /^snap\d/.test(name)), {
        timeout: 90_000,
        interval: 1000,
      })
      .not.toEqual([]),
  );
  expect(unscheduled(writes)).toEqual([]);
  const { stdout } = await here('snapshot', 'list', lab, '--json');
  const { snapshots } = JSON.parse(stdout) as {
    snapshots: { name: string; madeAt: string; expiresAt?: string }[];
  };
  // B07-05: those of people do not expire, whatever the machine says of its own.
  const byHand = snapshots.find(({ name }) => name === 'everything');
  expect(byHand).toBeDefined();
  expect(byHand).not.toHaveProperty('expiresAt');
  const scheduled = snapshots.find(({ name }) => /^snap\d/.test(name));
  const life = Date.parse(scheduled?.expiresAt ?? '') - Date.parse(scheduled?.madeAt ?? '');
  expect(Math.round(life / 60_000)).toBe(60);
});
