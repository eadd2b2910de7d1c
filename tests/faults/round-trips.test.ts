import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { run } from '../../src/base/system/index.ts';
import { probeImage } from '../../src/images/index.ts';
import { deleteSandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type TestProject, testProject } from '../integration/cli/projects.ts';
import { dataOf, makeData, spoil } from '../integration/snapshots/world.ts';
import { anklume, clearAway, uniqueName } from '../integration/support.ts';
import { LONG } from './form.ts';

/** Small files, beside one with holes, hard links, extended attributes, odd names and rights. */
const FILES = LONG ? 100_000 : 2000;

const domain = uniqueName('rt');
const machine = { project: domain, name: `${domain}-one` };
let project: TestProject;
let data: string;

const must = async (...words: string[]) => {
  const { code, stdout, stderr } = await anklume(words, { cwd: project.folder });
  expect(code, `${words.join(' ')}:\n${stdout}${stderr}`).toBe(0);
};

beforeAll(async () => {
  project = await testProject(
    `project_name: ${domain}\nglobal: { base_subnet: "10.86", default_os_image: probe }\n` +
      `domains: { ${domain}: { subnet_id: 1, ephemeral: true, machines: { ${machine.name}: {} } } }\n`,
  );
  await must('apply', '--sync', '--yes');
  await makeData(machine, FILES);
  data = await dataOf(machine);
  expect(Number(data.split(' ')[0])).toBeGreaterThan(FILES);
});
afterAll(async () => {
  await anklume(['history', 'delete', '--keep', '0', '--yes'], { cwd: project.folder });
  await clearAway(project.folder, [domain]);
});

it(`P04-05: ${FILES} files are what they were after snapshot and restore`, async () => {
  await must('snapshot', 'create', machine.name, 'whole');
  await spoil(machine);
  expect(await dataOf(machine)).not.toBe(data);
  // A safety snapshot of the spoiled data would stay: Btrfs sends what came after one as a difference to it, in which
  // a hole in a file that was shorter before is written out.
  await must('snapshot', 'restore', machine.name, 'whole', '--yes', '--skip-snapshot');
  expect(await dataOf(machine)).toBe(data);
  await must('snapshot', 'delete', machine.name, 'whole', '--yes');
});

it(`P20d-05: ${FILES} files are what they were after backup and restore`, async () => {
  const to = join(project.folder, 'backups');
  await must('backup', 'create', machine.name, '--to', to, '--optimized');
  await spoil(machine);
  const { stdout } = await anklume(['backup', 'list', '--to', to, '--json'], {
    cwd: project.folder,
  });
  const [found] = /[^"]+-\d{8}T\d{6}Z(?=")/.exec(stdout) ?? [];
  await must('backup', 'restore', found ?? '', '--replace', '--force', '--yes', '--start');
  expect(await dataOf(machine)).toBe(data);
  await rm(to, { recursive: true });
});

it(`P24-02: ${FILES} files are what they were after a removal that is rolled back`, async () => {
  await must('instance', 'delete', machine.name, '--yes');
  await must('rollback', '--yes');
  expect(await dataOf(machine)).toBe(data);
});

it(`P20d-07: ${FILES} files are what they were on another daemon`, async () => {
  const other = uniqueName('rt-');
  const home = process.env.ANKLUME_HOME;
  process.env.ANKLUME_HOME = inject('home');
  const sandbox = await startSandbox(other);
  try {
    const env = { INCUS_DIR: sandbox.incusDir };
    const image = ['image', 'import', await probeImage(), '--alias', 'probe', '--quiet'];
    await run(['incus', ...image], { env });
    await must('apply', '--tags', 'networks,projects,profiles', `--sandbox=${other}`);
    await must('backup', 'copy', machine.name, '--to-sandbox', other);
    expect(await dataOf({ ...machine, holder: sandbox.holder })).toBe(data);
  } finally {
    await deleteSandbox(other);
    if (home === undefined) delete process.env.ANKLUME_HOME;
    else process.env.ANKLUME_HOME = home;
  }
});
