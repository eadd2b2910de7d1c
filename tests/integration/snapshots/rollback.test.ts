import {
  appendFile,
  chmod,
  lstat,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type TestProject, testProject } from '../cli/projects.ts';
import { removeDomains, writesDuring } from '../engine/daemon.ts';
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
  worldNow,
} from './world.ts';

const domains = ['ga', 'gb', 'gc', 'gd'].map(uniqueName) as [string, string, string, string];
const [a, b, c, d] = domains;
const at = (domain: string, pool?: string): Placed => ({
  project: domain,
  name: `${domain}-1`,
  ...(pool && { pool }),
});
const machines = [at(a), at(b, DIR_POOL), at(c), at(d)];
const name = `roll-${a}`;
const sandbox = [`--sandbox=${inject('sandbox')}`];
let project: TestProject;
const here = (...args: string[]) => anklume([...args, ...sandbox], { cwd: project.folder });
/** To a generation; killed after so many milliseconds, unless it has ended before. */
const rollBack = (number: number, killAfter?: number) =>
  anklume(['rollback', String(number), '--yes', ...sandbox], {
    cwd: project.folder,
    ...(killAfter !== undefined && { killAfter }),
  });

/** Four domains in four projects; `limits` of all machines, without domain c where that is asked for. */
function infra(limits: number, without = ''): string {
  const config = `config: {limits.processes: "${limits}"}`;
  const root = `devices: {root: {type: disk, path: /, pool: ${DIR_POOL}}}`;
  const volume = 'storage_volumes: {vol: {path: /vol}}';
  const lines = domains.map((domain, index) => {
    const more = domain === b ? `, ${root}` : domain === c ? `, ${volume}` : '';
    return `  ${domain}: {subnet_id: ${index}, ephemeral: true, machines: {${domain}-1: {${config}${more}}}}\n`;
  });
  const head = `project_name: ${name}\nglobal: {base_subnet: "10.242", default_os_image: probe}\ndomains:\n`;
  return head + lines.filter((_, index) => domains[index] !== without).join('');
}

const sync = () => anklume(['sync', '--delete-orphans'], { cwd: project.folder });

async function apply(text: string, ...flags: string[]) {
  await project.write(text);
  expect((await sync()).code).toBe(0);
  const result = await here('apply', '--json', ...flags);
  expect(result.code, result.stderr).toBe(0);
  return JSON.parse(result.stdout) as { done: number; requests: number };
}

const safetyOf = async (machine: Placed) =>
  (await snapshotsOf(machine)).filter((one) => one.startsWith('pre-'));

interface Generation {
  number: number;
  kind: string;
  stamp: string;
  state: string;
  cleaned?: boolean;
  limit?: string;
  snapshots: { machine: string; snapshot: string }[];
}

async function generations(): Promise<Generation[]> {
  const { stdout } = await here('rollback-list', '--json');
  return (JSON.parse(stdout) as { generations: Generation[] }).generations;
}

beforeAll(async () => {
  await dirPool();
  project = await testProject();
  await apply(infra(100));
});
afterAll(async () => {
  await here('history', 'delete', '--keep', '0', '--yes');
  await removeDomains(...domains);
  await project[Symbol.asyncDispose]();
});

// Matrix: SN-104
it('P24-01 P24-05: each machine that an apply changes has a safety snapshot before the first change', async () => {
  const writes = await writesDuring(() => apply(infra(101)));
  for (const machine of machines) expect(await safetyOf(machine)).toHaveLength(1);
  const actions = writes.map(({ action }) => action);
  const last = actions.lastIndexOf('instance-snapshot-created');
  expect(actions.filter((one) => one === 'instance-snapshot-created')).toHaveLength(4);
  expect(actions.indexOf('instance-updated')).toBeGreaterThan(last);
});

it('an apply that changes nothing makes none, and asks the daemon nothing more', async () => {
  const writes = await writesDuring(async () => {
    const { requests } = await apply(infra(101));
    expect(requests).toBeLessThanOrEqual(12);
  });
  expect(writes).toEqual([]);
  expect(await generations()).toHaveLength(2);
});

it('P24-07 P24-08: --limit keeps to its domain, --skip-snapshot makes none', async () => {
  const before = await Promise.all(machines.map(safetyOf));
  await apply(infra(102), '--limit', a);
  expect(await safetyOf(at(a))).toHaveLength(2);
  expect((await Promise.all(machines.map(safetyOf))).slice(1)).toEqual(before.slice(1));
  expect((await generations()).at(-1)).toMatchObject({ limit: a, state: 'done' });
  await apply(infra(103), '--skip-snapshot');
  expect(await safetyOf(at(a))).toHaveLength(2);
});

it('P24-03 P24-04 P24-06: three are kept, fewer when asked; never a snapshot of a user', async () => {
  await incusCli('snapshot', 'create', `${a}-1`, 'mine', '--project', a);
  for (const limits of [104, 105, 106]) await apply(infra(limits));
  expect(await safetyOf(at(a))).toHaveLength(3);
  const kept = (await generations()).filter(
    ({ snapshots, cleaned }) => snapshots.length && !cleaned,
  );
  expect(kept.flatMap((one) => one.snapshots).map(({ snapshot }) => snapshot)).toEqual(
    expect.arrayContaining(await safetyOf(at(a))),
  );
  // A failed apply removes none.
  await project.write(
    infra(107)
      .replace(`${d}-1: {`, `${d}-1: {profiles: [bad], `)
      .replace(`${d}: {`, `${d}: {profiles: {bad: {config: {no.such.key: "1"}}}, `),
  );
  await sync();
  expect((await here('apply')).code).toBe(1);
  expect(await safetyOf(at(a))).toHaveLength(4);
  expect((await generations()).at(-1)).toMatchObject({ state: 'failed' });
  await apply(infra(108));
  expect((await here('history', 'delete', '--keep', '1')).code).toBe(0);
  expect(await safetyOf(at(a))).toHaveLength(1);
  expect(await snapshotsOf(at(a))).toContain('mine');
});

it('P24-03: the history shows each change with its time, its scope and its machines', async () => {
  const began = new Date(Math.floor(Date.now() / 1000) * 1000);
  await apply(infra(109));
  await apply(infra(110), '--limit', a);
  await apply(infra(111), '--limit', `${b}-1`);
  const { stdout } = await here('rollback-list');
  const rows = stdout
    .split('\n')
    .map((line) => line.split('│').map((cell) => cell.trim()))
    .filter(([, number]) => /^\d+$/.test(number ?? ''))
    .slice(-3);
  expect(rows.map(([, , , what, scope]) => [what, scope])).toEqual([
    ['apply', 'all'],
    ['apply', a],
    ['apply', `${b}-1`],
  ]);
  const all = machines.map(({ name: machine }) => machine);
  const shown = rows.map(([, , , , , , snapshots]) => (snapshots ?? '').split(', ').sort());
  // A narrow terminal breaks long cells, so that a row of many machines goes on below.
  expect(all).toEqual(expect.arrayContaining(shown[0]?.filter(Boolean) ?? []));
  expect(shown.slice(1)).toEqual([[`${a}-1`], [`${b}-1`]]);
  for (const [, , time = ''] of rows) {
    const at = Date.parse(time.replace(' ', 'T'));
    expect(at).toBeGreaterThanOrEqual(began.getTime());
    expect(at).toBeLessThanOrEqual(Date.now() + 2000);
  }
});

it('P24-06: the files below the home say what Incus has, after each change', async () => {
  const histories = join(inject('home'), 'pre-apply-snapshots');
  const own = (await readdir(histories)).filter((folder) => folder.startsWith(`${name}-`));
  expect(own).toHaveLength(1);
  const folder = join(histories, own[0] ?? '');
  const told = async () => {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
    const records = await Promise.all(
      files.map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8'))),
    );
    return (records as Generation[])
      .filter(({ cleaned }) => !cleaned)
      .flatMap(({ snapshots }) => snapshots)
      .map(({ machine, snapshot }) => `${machine}/${snapshot}`)
      .sort();
  };
  const there = async () => {
    const all = await Promise.all(
      machines.map(async (machine) =>
        (await safetyOf(machine)).map((snapshot) => `${machine.name}/${snapshot}`),
      ),
    );
    return all.flat().sort();
  };
  expect(await told()).toEqual(await there());
  await apply(infra(112), '--limit', d);
  expect((await there()).filter((one) => one.startsWith(`${d}-1`)).length).toBeGreaterThan(0);
  expect(await told()).toEqual(await there());
  expect((await here('rollback', '--yes')).code).toBe(0);
  expect(await told()).toEqual(await there());
  // As each was before, and not as the tree of a run that left it alone says.
  const limits = await Promise.all(
    machines.map(async (machine) => (await configOf(machine))['limits.processes']),
  );
  expect(limits).toEqual(['110', '111', '109', '109']);
  expect((await here('history', 'delete', '--keep', '1', '--yes')).code).toBe(0);
  expect(await told()).toEqual(await there());
  expect(await there()).toHaveLength(1);
  const mode = async (path: string) => ((await lstat(path)).mode & 0o777).toString(8);
  expect(await mode(folder)).toBe('700');
});

// Matrix: SN-304
it('P24-02: an unknown point is a clear error, with nothing changed', async () => {
  for (const point of ['999', '19990101-000000', 'yesterday', '2999-01-01']) {
    const { code, stderr } = await here('rollback', point, '--yes');
    expect(code).toBe(2);
    expect(stderr).toContain('There is no generation');
  }
  expect((await here('rollback')).code).toBe(2);
});

// Matrix: SN-202
it('P24-02: over a removed domain and changed machines, the world and the data are as before', async () => {
  await apply(infra(200));
  for (const machine of [at(a), at(b, DIR_POOL), at(c)]) await makeData(machine, 500);
  await incusCli('exec', `${c}-1`, '--project', c, '--', 'sh', '-c', 'echo kept > /vol/file');
  const data = async () => [
    await dataOf(at(a)),
    await dataOf(at(b, DIR_POOL)),
    await dataOf(at(c)),
  ];
  const [before, held] = [await worldNow(name), await data()];
  const number = (await generations()).at(-1)?.number ?? 0;

  await apply(infra(201, c), '--prune', '--yes');
  expect(JSON.stringify(await worldNow(name))).not.toContain(`net-${c}`);
  await spoil(at(a));
  await spoil(at(b, DIR_POOL));
  await apply(infra(202, c));

  const shown = await here('rollback', String(number), '--dry-run', '--json');
  const wanted = (JSON.parse(shown.stdout) as { data: { machine: string; action: string }[] }).data;
  expect(wanted.map(({ machine, action }) => [machine, action]).sort()).toEqual(
    [
      [`${a}-1`, 'restore'],
      [`${b}-1`, 'restore'],
      [`${c}-1`, 'return'],
      [`${d}-1`, 'restore'],
    ].sort(),
  );
  // Killed at two moments, then left alone: the same command goes on from there. One that was quicker has done it all.
  const last = async () => (await generations()).at(-1);
  for (const killAfter of [900, 2500, undefined]) {
    const back = await rollBack(number, killAfter);
    if (back.signal === null) expect(back.code, back.stdout + back.stderr).toBe(0);
    const newest = await last();
    if (newest?.kind === 'rollback' && newest.state === 'done') break;
  }
  expect(await last()).toMatchObject({ kind: 'rollback', state: 'done' });
  expect(await worldNow(name)).toEqual(before);
  expect(await data()).toEqual(held);
  expect(await Promise.all(machines.map(statusOf))).toEqual(machines.map(() => 'Running'));
  const kept = await incusCli('exec', `${c}-1`, '--project', c, '--', 'cat', '/vol/file');
  expect(kept.trim()).toBe('kept');
  // infra.yml is the user's; the old one stands beside it, and the tree is the old one.
  expect(await readFile(`${project.folder}/infra.yml`, 'utf8')).toBe(infra(202, c));
  const old = `${project.folder}/infra.yml.generation-${number}`;
  expect(await readFile(old, 'utf8')).toBe(infra(200));
  // It names the domain no more, so that a plan by it would take that away again, and do nothing else.
  const plan = await here('plan', '--exit-code', '--prune');
  expect(plan.code, plan.stdout).toBe(3);
  expect(plan.stdout).toMatch(/^4 to delete, 14 unchanged$/m);
  expect((await here('plan')).stdout).not.toMatch(/^ {2}[+~-] /m);
});

// Matrix: SN-203
it('a rollback can be undone', async () => {
  await inSandbox('touch', onHost(at(a), '/after'));
  const back = await here('rollback', '--yes');
  expect(back.code, back.stdout + back.stderr).toBe(0);
  expect((await configOf(at(a)))['limits.processes']).toBe('202');
  await expect(inSandbox('stat', onHost(at(a), '/after'))).rejects.toThrow();
  expect(JSON.stringify(await worldNow(name))).not.toContain(`net-${c}`);
});

it('B07-05 P24-06: case 01: no safety snapshot expires, and one that is gone all the same is told, not fatal', async () => {
  const text = (limits: number) =>
    infra(limits).replaceAll('{config:', '{snapshots_expiry: 1m, config:');
  await apply(text(300));
  await apply(text(301));
  const path = (machine: Placed) =>
    `/1.0/instances/${machine.name}/snapshots?recursion=1&project=${machine.project}`;
  for (const machine of machines)
    for (const one of await incusQuery<{ name: string; expires_at: string }[]>(path(machine)))
      expect(new Date(one.expires_at).getFullYear(), one.name).toBe(1);
  // Each file below the home says what Incus has.
  const newest = (await generations()).at(-1);
  const [gone] = (newest?.snapshots ?? []).filter(({ machine }) => machine === `${a}-1`);
  expect(await safetyOf(at(a))).toContain(gone?.snapshot);
  await inSandbox('touch', onHost(at(a), '/late'));
  await inSandbox('touch', onHost(at(d), '/late'));
  await incusCli('snapshot', 'delete', `${a}-1`, gone?.snapshot ?? '', '--project', a);
  const shown = await here('rollback', '--dry-run', '--json');
  const { data } = JSON.parse(shown.stdout) as { data: { machine: string; action: string }[] };
  expect(data.filter(({ action }) => action === 'lost')).toMatchObject([{ machine: `${a}-1` }]);
  const back = await here('rollback', '--yes');
  expect(back.code, back.stdout + back.stderr).toBe(0);
  expect(back.stdout).toContain(`but for the data of ${a}-1`);
  expect((await configOf(at(a)))['limits.processes']).toBe('300');
  await inSandbox('stat', onHost(at(a), '/late'));
  await expect(inSandbox('stat', onHost(at(d), '/late'))).rejects.toThrow();
});

it('the trash is kept for days, told with its end, and purged with a line', async () => {
  const keeping = (text: string) => infra(302, c).replace('global: {', `global: {trash: ${text}, `);
  await apply(keeping('7d'), '--prune', '--yes');
  // Three unrelated changes within seconds take nothing from it.
  for (const limits of [303, 304, 305])
    await apply(keeping('7d').replaceAll('"302"', `"${limits}"`));
  const trashOf = async () => {
    const { stdout } = await here('history', '--json');
    const told = JSON.parse(stdout) as {
      generations: { startedAt: string; trash: { name: string; until: string }[] }[];
    };
    return told.generations.flatMap(({ startedAt, trash }) =>
      trash.map(({ name, until }) => ({
        name,
        days: Math.round((Date.parse(until) - Date.parse(startedAt)) / 86_400_000),
      })),
    );
  };
  expect(await trashOf()).toContainEqual({ name: `${c}-1`, days: 7 });
  await project.write(keeping('0m').replaceAll('"302"', '"306"'));
  await sync();
  const purging = await here('apply', '--json');
  expect(purging.code, purging.stderr).toBe(0);
  expect(purging.stderr).toMatch(new RegExp(`trash-purged.*${c}-1`));
  expect(await trashOf()).toEqual([]);
});

it('B07-01: what the user wrote stays through a rollback, with its rights; links stay links', async () => {
  const at = (path: string) => join(project.folder, path);
  await apply(infra(400));
  await rename(at(`host_vars/${b}-1.yml`), at('elsewhere.yml'));
  await symlink('../elsewhere.yml', at(`host_vars/${b}-1.yml`));
  await writeFile(at('host_vars/mine.yml'), 'mine: 1\n', { mode: 0o600 });
  await writeFile(at('inventory/mine.yml'), 'all: {children: {mine: {hosts: {}}}}\n');
  await appendFile(at(`host_vars/${a}-1.yml`), 'own_line: 1\n');
  await chmod(at(`host_vars/${a}-1.yml`), 0o600);
  await apply(infra(401));
  const back = await here('rollback', '--yes');
  expect(back.code, back.stdout + back.stderr).toBe(0);
  for (const machine of machines)
    expect((await configOf(machine))['limits.processes'], machine.name).toBe('400');
  expect(await readFile(at('host_vars/mine.yml'), 'utf8')).toBe('mine: 1\n');
  expect(await readFile(at('inventory/mine.yml'), 'utf8')).toContain('mine');
  const text = await readFile(at(`host_vars/${a}-1.yml`), 'utf8');
  expect(text).toContain('limits.processes: "400"');
  expect(text).toContain('own_line: 1\n');
  const mode = async (path: string) => ((await lstat(at(path))).mode & 0o777).toString(8);
  expect(await mode(`host_vars/${a}-1.yml`)).toBe('600');
  expect(await mode('host_vars/mine.yml')).toBe('600');
  expect((await lstat(at(`host_vars/${b}-1.yml`))).isSymbolicLink()).toBe(true);
  expect(await readFile(at('elsewhere.yml'), 'utf8')).toContain('limits.processes: "400"');
  // A link that leads out is refused before anything is touched.
  const outside = `${project.folder}-outside.yml`;
  await rename(at('elsewhere.yml'), outside);
  await rm(at(`host_vars/${b}-1.yml`));
  await symlink(outside, at(`host_vars/${b}-1.yml`));
  const held = await readFile(outside, 'utf8');
  const writes = await writesDuring(async () => {
    const refused = await here('rollback', '--yes');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`host_vars/${b}-1.yml`);
  });
  expect(writes).toEqual([]);
  expect(await readFile(outside, 'utf8')).toBe(held);
  await rm(outside);
});
