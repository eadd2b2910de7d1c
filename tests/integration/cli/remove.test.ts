import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { removeDomains, writesDuring } from '../engine/daemon.ts';
import { dataOf, makeData } from '../snapshots/world.ts';
import { anklume, incusCli, incusQuery, uniqueName } from '../support.ts';
import { type TestProject, testProject } from './projects.ts';

const [a, b] = ['ra', 'rb'].map(uniqueName) as [string, string];
const name = `remove-${a}`;
const sandbox = [`--sandbox=${inject('sandbox')}`];
let project: TestProject;
const here = (...args: string[]) => anklume([...args, ...sandbox], { cwd: project.folder });
const remove = (...args: string[]) => here('instance', 'delete', ...args);
const sync = () => anklume(['sync', '--delete-orphans'], { cwd: project.folder });

/** Domain a: `one` with a volume, `two`, and `safe`, which is protected; domain b: `b-one`. */
function infra(machines = ['one', 'two', 'safe']): string {
  const lines: Record<string, string> = {
    one: '{ephemeral: true, storage_volumes: {vol: {path: /vol}}}',
    two: '{ephemeral: true}',
    safe: '{}',
  };
  const declared = machines.map((one) => `${a}-${one}: ${lines[one]}`).join(', ');
  return [
    `project_name: ${name}`,
    'global: {base_subnet: "10.243", default_os_image: probe}',
    'domains:',
    `  ${a}: {subnet_id: 1, machines: {${declared}}}`,
    `  ${b}: {subnet_id: 2, ephemeral: true, machines: {${b}-one: {}}}`,
    'network_policies:',
    `  - {description: web, from: ${a}-one, to: ${b}-one, ports: [80], protocol: tcp}\n`,
  ].join('\n');
}

/** All machines of the daemon that concern this test, as `project/name`. */
async function machines(): Promise<string[]> {
  const all = await incusQuery<{ name: string; project: string }[]>(
    '/1.0/instances?recursion=1&all-projects=true',
  );
  return all
    .filter((one) => [a, b].includes(one.project))
    .map((one) => `${one.project}/${one.name}`)
    .sort();
}

beforeAll(async () => {
  project = await testProject(infra());
  expect((await sync()).code).toBe(0);
  const apply = await here('apply', 'infra', '--yes');
  expect(apply.code, apply.stderr).toBe(0);
  await incusCli('create', 'probe', 'foreign', '--project', a, '--quiet');
});
afterAll(async () => {
  await here('history', 'delete', '--keep', '0', '--yes');
  await removeDomains(a, b);
  await project[Symbol.asyncDispose]();
});

// Matrix: DD-302
it('P22-17: one that is protected stops all of it, with the reason and the way', async () => {
  const writes = await writesDuring(async () => {
    const result = await remove(`${a}-two`, `${a}-safe`, '--yes');
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`'${a}-safe' is protected (ephemeral: false)`);
    expect(result.stderr).toContain(`anklume instance delete ${a}-safe --force`);
  });
  expect(writes).toEqual([]);
});

it('P22-17: the protection of the daemon counts where infra.yml says otherwise', async () => {
  const guard = (value: string) =>
    incusCli('config', 'set', '--project', b, `${b}-one`, `security.protection.delete=${value}`);
  await guard('true');
  const result = await remove(`${b}-one`, '--yes');
  await guard('false');
  expect(result.stderr).toContain('is protected');
  expect(await machines()).toContain(`${b}/${b}-one`);
});

it('P16-22: machines of others are refused, also with --force', async () => {
  const result = await remove('foreign', '--force', '--yes');
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('was not made by anklume');
  expect(await machines()).toContain(`${a}/foreign`);
});

it('asks first, and without a terminal nothing is touched', async () => {
  const writes = await writesDuring(async () => {
    const result = await remove(`${a}-two`);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('--yes');
  });
  expect(writes).toEqual([]);
});

// Matrix: DD-201
it('P16-22: removes one machine and nothing else, tells what infra.yml declares, and the way back', async () => {
  await makeData({ project: a, name: `${a}-one` }, 20);
  const data = await dataOf({ project: a, name: `${a}-one` });
  const files = await project.snapshot();
  const before = await machines();
  const result = await remove(`${a}-one`, '--yes');
  expect(result.code, result.stderr).toBe(0);
  expect(result.stdout).toContain(`infra.yml still declares '${a}-one'`);
  expect(result.stdout).toContain('1 network policy names it');
  expect(result.stdout).toContain(`The volumes of '${a}-one' stay: vol.`);
  expect(await machines()).toEqual(before.filter((one) => one !== `${a}/${a}-one`));
  expect(await incusCli('storage', 'volume', 'list', 'default', '--project', a)).toContain('vol');
  expect(await project.snapshot()).toEqual(files);

  const again = await remove(`${a}-one`, '--yes', '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({
    removed: [],
    absent: [{ machine: `${a}-one` }],
    declared: [{ machine: `${a}-one`, by: 'infra', policies: 1 }],
  });

  const back = await here('rollback', '--yes');
  expect(back.code, back.stderr).toBe(0);
  expect(await machines()).toEqual(before);
  expect(await dataOf({ project: a, name: `${a}-one` })).toBe(data);
});

it('with --force a protected one goes, and its data can come back too', async () => {
  await makeData({ project: a, name: `${a}-safe` }, 5);
  const data = await dataOf({ project: a, name: `${a}-safe` });
  expect((await remove(`${a}-safe`, '--force', '--yes')).code).toBe(0);
  expect(await machines()).not.toContain(`${a}/${a}-safe`);
  expect((await here('rollback', '--yes')).code).toBe(0);
  expect(await dataOf({ project: a, name: `${a}-safe` })).toBe(data);
});

it('P16-22: back to a removal is that removal, not what else the tree said by then', async () => {
  // Declared and not applied: another address, a setting, a machine.
  const newer = infra()
    .replace(`${b}-one: {}`, `${b}-one: {config: {limits.processes: "99"}}, ${b}-new: {}`)
    .replace('subnet_id: 2', 'subnet_id: 7');
  await project.write(newer);
  expect((await sync()).code).toBe(0);
  const result = await remove(`${a}-two`, '--yes', '--json');
  const { generation } = JSON.parse(result.stdout) as { generation: number };
  expect((await here('rollback', '--yes')).code).toBe(0);
  expect(await machines()).toContain(`${a}/${a}-two`);
  const back = await here('rollback', String(generation), '--dry-run', '--json');
  const { plan } = JSON.parse(back.stdout) as { plan: { entries: object[] } };
  expect(plan.entries).toEqual([
    expect.objectContaining({ action: 'delete', id: `instance:${a}/${a}-two` }),
  ]);
  await project.write(infra());
  expect((await sync()).code).toBe(0);
});

it('killed once the machine is stopped, the same command ends the removal', async () => {
  await makeData({ project: a, name: `${a}-two` }, 5);
  const data = await dataOf({ project: a, name: `${a}-two` });
  const words = ['instance', 'delete', `${a}-two`, '--yes', ...sandbox];
  const cut = new AbortController();
  const cutOff = anklume(words, { cwd: project.folder, killWhen: cut.signal });
  const stopped = async () => {
    const path = `/1.0/instances/${a}-two?project=${a}`;
    const { status } = await incusQuery<{ status: string }>(path).catch(() => ({ status: '' }));
    return status !== 'Running';
  };
  while (!(await stopped()));
  cut.abort();
  await cutOff;
  const result = await remove(`${a}-two`, '--yes');
  expect(result.code, result.stderr).toBe(0);
  // Neither under its own name nor under that of the trash.
  expect((await machines()).filter((one) => /-two|\/t\d/.test(one))).toEqual([]);
  const back = await here('rollback', '--yes');
  expect(back.code, back.stderr).toBe(0);
  expect(await dataOf({ project: a, name: `${a}-two` })).toBe(data);
});

it('--orphans takes what is no longer declared, and leaves what is protected and why', async () => {
  await project.write(infra(['one']));
  expect((await sync()).code).toBe(0);
  const result = await remove('--orphans', '--yes');
  expect(result.code).toBe(1);
  expect(result.stdout).toContain(`'${a}-safe' is protected`);
  expect(await machines()).toEqual(
    [`${a}/${a}-one`, `${a}/${a}-safe`, `${a}/foreign`, `${b}/${b}-one`].sort(),
  );
  const forced = await remove('--orphans', '--force', '--yes', '--skip-snapshot');
  expect(forced.code, forced.stderr).toBe(0);
  expect(await machines()).toEqual([`${a}/${a}-one`, `${a}/foreign`, `${b}/${b}-one`].sort());
  expect((await remove('--orphans', '--yes')).code).toBe(0);
});

it('destroy says what of earlier removals stays in the trash, and how it goes, also without the folder', async () => {
  const inTrash = async () => {
    const path = '/1.0/instances?project=anklume-trash&recursion=1';
    const all = await incusQuery<{ config: Record<string, string> }[]>(path);
    return all.filter(({ config }) => Object.values(config).includes(name)).length;
  };
  expect(await inTrash()).toBeGreaterThan(0);
  const all = await here('destroy', '--force', '--yes');
  expect(all.stdout).toMatch(
    new RegExp(
      `! What was removed before stays in the trash: .*${a}-two \\(until \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d[-+]\\d\\d:\\d\\d\\)`,
    ),
  );
  expect(all.stdout).toContain("'anklume history delete --keep 0' deletes it for good");
  const named = await here('flush', '--force', '--yes', '--project-name', name);
  const words = ['history', 'delete', '--keep', '0', '--project-name', name];
  expect(named.stdout).toContain(`'anklume ${words.join(' ')}' deletes it for good`);
  const cleaned = await anklume([...words, '--yes', ...sandbox], { cwd: '/' });
  expect(cleaned.code, cleaned.stderr).toBe(0);
  expect(await inTrash()).toBe(0);
  expect((await here('flush', '--force', '--yes')).stdout).not.toContain('trash');
});
