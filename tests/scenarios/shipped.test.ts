import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  featuresIn,
  type Report,
  reportSchema,
  scenarioFolder,
} from '../../src/features/scenarios/index.ts';
import { buildProgram, program } from '../integration/build.ts';

const LONG = process.env.ANKLUME_FAULTS === 'long';
/** `ANKLUME_FAULT_SEED` plays an order again. */
const SEED = Number(process.env.ANKLUME_FAULT_SEED ?? Date.now() % 1_000_000_000);
const names = (await featuresIn(scenarioFolder())).map(({ name }) => name);

/** Rows of the mission that a feature is the whole proof of. */
const ROWS: Readonly<Record<string, string>> = {
  pro_workstation_setup: 'P22-07',
  student_lab_deploy: 'P22-09',
  network_isolation_verify: 'P22-10',
  golden_image_workflow: 'P22-11',
  disposable_machines: 'P22-13',
};

let folder: string;

/** The program as a person runs it, with a home and a sandbox of its own; its report, whatever failed. */
async function run(...words: string[]): Promise<Report> {
  const file = join(folder, 'report.json');
  const argv = [program, 'scenario', 'run', ...words, '--report', file, '--yes'];
  const env = { ...process.env, ANKLUME_LANG: 'en', ANKLUME_HOME: join(folder, 'home') };
  const { status, stderr } = spawnSync(process.execPath, argv, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  expect([0, 1], stderr).toContain(status);
  return parse(reportSchema, JSON.parse(await readFile(file, 'utf8')));
}

/** What went wrong, one line a step: empty when every scenario passed. */
function wrong({ scenarios }: Report, name: string): string[] {
  return scenarios
    .filter((one) => one.name === name)
    .flatMap(({ scenario, round, steps }) =>
      steps
        .filter(({ status }) => status !== 'passed' && status !== 'skipped')
        .map(({ text, error = '' }) => `${scenario}, round ${round}: ${text}: ${error}`),
    );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-shipped-'));
  await buildProgram();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe(`P22-24: the shipped scenarios, shuffled with ${SEED}${LONG ? ', twice' : ''}`, () => {
  let report: Report;
  beforeAll(async () => {
    report = await run('--shuffle', String(SEED), ...(LONG ? ['--repeat', '2'] : []));
  });

  it('none is left out', () => {
    expect(names).toEqual(expect.arrayContaining(Object.keys(ROWS)));
    expect(new Set(report.scenarios.map(({ name }) => name))).toEqual(new Set(names));
    expect(report).toMatchObject({ rounds: LONG ? 2 : 1, failed: 0 });
  });
  it.each(names.map((name) => [ROWS[name] ?? 'P22-24', name]))('%s: %s', (_, name) => {
    expect(wrong(report, name)).toEqual([]);
  });
});

describe.runIf(LONG)('P22-24: each feature by itself', () => {
  it.each(names)('%s', { timeout: 600_000 }, async (name) => {
    const report = await run(name);
    expect(report.passed).toBeGreaterThan(0);
    expect(wrong(report, name)).toEqual([]);
  });
});
