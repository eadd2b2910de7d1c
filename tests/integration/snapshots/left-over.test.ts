import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestProject, testProject } from '../cli/projects.ts';
import { removeDomains } from '../engine/daemon.ts';
import { anklume, incusCli, uniqueName } from '../support.ts';
import { configOf, dataOf, makeData, statusOf } from './world.ts';

const [a, d] = ['la', 'ld'].map(uniqueName) as [string, string];
const at = (domain: string) => ({ project: domain, name: `${domain}-1` });
let project: TestProject;
const here = (...args: string[]) => anklume(args, { cwd: project.folder });

const infra = (limits: number, ...domains: string[]) =>
  `project_name: left-${a}\nglobal: {base_subnet: "10.243", default_os_image: probe}\ndomains:\n${domains
    .map(
      (name) =>
        `  ${name}: {subnet_id: ${name === a ? 1 : 2}, ephemeral: true, machines: {${name}-1: {config: {limits.processes: "${limits}"}}}}\n`,
    )
    .join('')}`;

async function apply(text: string) {
  await project.write(text);
  for (const words of [
    ['sync', '--delete-orphans'],
    ['apply', '--no-isolation'],
  ]) {
    const { code, stdout, stderr } = await here(...words);
    expect(code, stdout + stderr).toBe(0);
  }
}

beforeAll(async () => {
  project = await testProject();
  await apply(infra(310, a, d));
  await makeData(at(d), 20);
});
afterAll(async () => {
  await here('history', 'delete', '--keep', '0', '--yes');
  await removeDomains(a, d);
  await project[Symbol.asyncDispose]();
});

it('P24-02: a machine that nobody declared at that point either, and that was there, stays as it is', async () => {
  // No --prune: it is left over from here on.
  await apply(infra(311, a));
  const { stdout } = await here('rollback-list', '--json');
  const { generations } = JSON.parse(stdout) as { generations: { number: number }[] };
  const point = String(generations.at(-1)?.number);
  await apply(infra(312, a));
  const held = await dataOf(at(d));
  const look = await here('rollback', point, '--dry-run', '--no-isolation');
  expect(look.stdout + look.stderr).not.toContain(`${d}-1`);
  const back = await here('rollback', point, '--yes', '--no-isolation');
  expect(back.code, back.stdout + back.stderr).toBe(0);
  expect((await configOf(at(a)))['limits.processes']).toBe('311');
  expect(await statusOf(at(d))).toBe('Running');
  expect(await dataOf(at(d))).toBe(held);
  for (const kind of ['projects', 'networks'])
    expect(await incusCli('query', `/1.0/${kind}`)).toContain(d);
});
