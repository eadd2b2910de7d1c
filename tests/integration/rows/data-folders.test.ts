import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestProject, testProject } from '../cli/projects.ts';
import { anklume, incusCli, uniqueName } from '../support.ts';

const [a, b] = ['da', 'db'].map(uniqueName) as [string, string];
let base: string;
let project: TestProject;
const here = (...args: string[]) => anklume(args, { cwd: project.folder });
const inside = (domain: string, name: string, line: string) =>
  incusCli('exec', '--project', domain, name, '--', 'sh', '-c', line);

const world = () => `project_name: cli-${a}
global:
  base_subnet: "10.215"
  default_os_image: probe
  persistent_data_base: ${base}/data
  shared_volumes_base: ${base}/shares
domains:
  ${a}:
    ephemeral: true
    machines:
      ${a}-s: { count: 2, persistent_data: { work: /work } }
  ${b}:
    ephemeral: true
    machines:
      ${b}-one: {}
      ${b}-two: {}
shared_volumes:
  docs: { consumers: { ${a}-s-1: rw, ${b}: ro } }
`;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'anklume-data-'));
  project = await testProject(world());
  const applied = await here('apply', '--sync', '--yes');
  expect(applied.code, applied.stderr).toBe(0);
});
afterAll(async () => {
  await here('flush', '--force', '--yes');
  await project[Symbol.asyncDispose]();
  await rm(base, { recursive: true, force: true });
});

it('B07-08: persistent_data is each machine its own, and outlives a flush and a new machine', async () => {
  await inside(a, `${a}-s-1`, 'echo kept > /work/file');
  await expect(inside(a, `${a}-s-2`, 'cat /work/file')).rejects.toThrow();
  const path = join(base, 'data', a, `${a}-s-1`, 'work', 'file');
  expect(await readFile(path, 'utf8')).toBe('kept\n');
  // Root of the machine owns it there as on the host, where nobody else gets at it.
  expect(await stat(path)).toMatchObject({ uid: 0, gid: 0 });
  expect((await stat(join(base, 'data'))).mode & 0o777).toBe(0o700);
  expect((await here('flush', '--force', '--yes')).code).toBe(0);
  expect(await readFile(path, 'utf8')).toBe('kept\n');
  expect((await here('apply', '--yes')).code).toBe(0);
  expect(await inside(a, `${a}-s-1`, 'cat /work/file')).toBe('kept');
});

it('B07-08: shared_volumes are written by whom they say, read by the others, and seen by nobody else', async () => {
  await inside(a, `${a}-s-1`, 'echo together > /shared/docs/page');
  for (const name of [`${b}-one`, `${b}-two`]) {
    expect(await inside(b, name, 'cat /shared/docs/page')).toBe('together');
    await expect(inside(b, name, 'echo no > /shared/docs/page')).rejects.toThrow();
  }
  await expect(inside(a, `${a}-s-2`, 'ls /shared/docs')).rejects.toThrow();
  expect((await here('plan', '--exit-code')).code).toBe(0);
});
