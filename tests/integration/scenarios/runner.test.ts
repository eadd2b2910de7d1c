import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'valibot';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { productRoot, run } from '../../../src/base/system/index.ts';
import { type Report, reportSchema } from '../../../src/features/scenarios/index.ts';
import { anklume, incusCli, type Outcome, resultOf, uniqueName } from '../support.ts';

/** A number of seconds that no other process on this machine sleeps for. */
const NAP = `7${process.pid}`;
const domain = uniqueName('s');
const bystander = uniqueName('bystander');

const FEATURES: Readonly<Record<string, string>> = {
  'a_hang.feature': `Feature: Hang
  Scenario: a command that never ends
    When I run "sleep ${NAP}" within 3 seconds
    Then exit code is 0
`,
  'b_wrong.feature': `Feature: Wrong
  @NI-001
  Scenario: fails when machines run
    Given this infra.yml:
      """
      project_name: wrong
      global: { base_subnet: "10.241", default_os_image: probe }
      domains:
        ${domain}: { subnet_id: 1, machines: { ${domain}-one: {} } }
      """
    When I run "anklume sync"
    And I run "anklume apply"
    Then all declared instances are running
    And output contains "a rabbit"
`,
  'c_after.feature': `Feature: After
  Scenario: finds an empty sandbox
    Given a clean sandbox environment
    And images are pre-cached via shared repository
`,
  'd_undefined.feature': `Feature: Undefined
  Scenario: a step that nobody wrote
    Given a unicorn
`,
};

/** Its steps, word for word. */
const ROADMAP = `Feature: Examples
  Scenario: All steps
    Given a clean sandbox environment
    And images are pre-cached via shared repository
    Given infra.yml from "examples/pro-workstation.infra.yml"
    When I run "make sync"
    Then exit code is 0
    And inventory files exist for all domains
    Then all declared instances are running
    And each instance has the correct static IP
    Then intra-domain connectivity works
    But inter-domain connectivity is blocked
    And internet access works from all instances
    Given a running pro-workstation infrastructure
    When I create snapshot "before-change" on "pro-dev"
    And I modify a file inside "pro-dev"
    And I restore snapshot "before-change" on "pro-dev"
    Then the file modification is reverted
    Given infra.yml exists but no inventory files
    Then exit code is non-zero
    And stderr contains guidance to run "make sync" first
    And no Incus resources were created
    Given a deployed infrastructure
    When I add a new domain to infra.yml without running sync
    Then the new domain is not deployed
    And output warns about potential drift
`;

let folder: string;
let outcome: Outcome;
let report: Report;
const of = (name: string) => report.scenarios.filter((one) => one.name === name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-scenarios-'));
  for (const [name, text] of Object.entries(FEATURES)) await writeFile(join(folder, name), text);
  // INCUS_SOCKET leads to the shared sandbox, as a person's own may lead to their Incus.
  await incusCli('create', 'probe', bystander, '--quiet', '--storage', 'default');
  const file = join(folder, 'report.json');
  const words = ['--path', folder, '--report', file, '--json'];
  outcome = await anklume(['scenario', 'run', ...words]);
  expect(outcome.code, outcome.stderr).toBe(1);
  report = parse(reportSchema, JSON.parse(await readFile(file, 'utf8')));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await incusCli('delete', bystander);
});

describe('a run of scenarios', () => {
  it('P22-01 P22-28: reports every scenario, in a report that follows its schema, and as JSON lines', () => {
    expect(outcome.code).toBe(1);
    expect(report).toMatchObject({ rounds: 1, passed: 1, failed: 3 });
    const lines = outcome.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.slice(0, -1).map(({ type, name }) => [type, name])).toEqual(
      ['a_hang', 'b_wrong', 'c_after', 'd_undefined'].map((name) => ['scenario', name]),
    );
    expect(resultOf(outcome)).toMatchObject({ type: 'scenarios', passed: 1, failed: 3 });
  });

  it('P22-28: of a failure it holds feature, step, command, output, exit code and time', () => {
    const [wrong] = of('b_wrong');
    expect(wrong).toMatchObject({
      feature: 'Wrong',
      category: 'own',
      scenario: 'fails when machines run',
      matrix: ['NI-001'],
      status: 'failed',
    });
    const [apply] = wrong?.steps.filter(({ text }) => text === 'I run "anklume apply"') ?? [];
    expect(apply).toMatchObject({ keyword: 'And', status: 'passed' });
    expect(apply?.commands).toEqual([
      {
        command: 'anklume apply',
        exitCode: 0,
        stdout: expect.stringMatching(/change/),
        stderr: expect.any(String),
        seconds: expect.any(Number),
      },
    ]);
    expect(wrong?.steps.find(({ status }) => status === 'failed')).toMatchObject({
      text: 'output contains "a rabbit"',
      error: expect.stringContaining('a rabbit'),
    });
  });

  it('P22-26: a scenario that fails leaves nothing to the next, and the run nothing to the host', async () => {
    expect(of('c_after')[0]).toMatchObject({ status: 'passed' });
    expect(existsSync(join(inject('home'), 'scenarios', 'session'))).toBe(false);
    const { stdout } = await run(['ps', '-eo', 'args']);
    const ours = join(inject('home'), 'scenarios');
    expect(stdout.split('\n').filter((line) => line.includes(ours))).toEqual([]);
    expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(ours);
    expect(await incusCli('list', '--format', 'csv', '--columns', 'n')).toContain(bystander);
  });

  it('P22-29: a command that hangs ends at its limit, with all that it started, and is told', async () => {
    const [hang] = of('a_hang');
    expect(hang).toMatchObject({ status: 'failed' });
    const [step] = hang?.steps ?? [];
    expect(step?.error).toContain('had not ended after 3 s');
    expect(step?.commands[0]).not.toHaveProperty('exitCode');
    const { stdout } = await run(['ps', '-eo', 'args']);
    expect(stdout).not.toContain(`sleep ${NAP}`);
  });

  it('P22-03: a step that nobody wrote fails the run', () => {
    expect(of('d_undefined')[0]).toMatchObject({
      status: 'undefined',
      steps: [{ text: 'a unicorn', error: 'No step is defined for: a unicorn' }],
    });
  });

  it('P22-27: the image comes into the sandbox once', () => {
    expect(report.images).toEqual([{ alias: 'probe', imports: 1 }]);
  });
});

describe('the list of scenarios', () => {
  it('P22-04: is what the feature files hold', async () => {
    const root = join(productRoot(), 'scenarios');
    const files = (await readdir(root, { recursive: true })).filter((name) =>
      name.endsWith('.feature'),
    );
    const written = await Promise.all(
      files.map(async (name) => {
        const text = await readFile(join(root, name), 'utf8');
        const plain = text.match(/^ *Scenario:/gm)?.length ?? 0;
        // Each row below the heading of a table of examples is a scenario.
        const tables = text.split(/^ *Examples:$/m).slice(1);
        const rows = tables.map((table) => (table.match(/^ *\|/gm)?.length ?? 0) - 1);
        return [`scenarios/${name}`, rows.reduce((sum, count) => sum + count, plain)];
      }),
    );
    const listed = await anklume(['scenario-list', '--json']);
    const { scenarios } = resultOf<{ scenarios: { file: string }[] }>(listed);
    const counts = new Map<string, number>();
    for (const { file } of scenarios) counts.set(file, (counts.get(file) ?? 0) + 1);
    expect([...counts].sort()).toEqual(written.sort());
    for (const kind of ['best', 'bad'])
      expect(files.filter((name) => name.startsWith(kind)).length).toBeGreaterThanOrEqual(12);
  });

  it('P22-03: matches every step of the examples that the ROADMAP gives, and names one that nobody wrote', async () => {
    const own = await mkdtemp(join(folder, 'roadmap-'));
    await writeFile(join(own, 'r.feature'), `${ROADMAP}    And it rains cats\n`);
    const listed = await anklume(['scenario', 'list', '--path', own, '--json']);
    expect(listed.code).toBe(1);
    expect(resultOf(listed)).toMatchObject({
      scenarios: [{ undefinedSteps: ['it rains cats'] }],
    });
  });

  it('refuses what is no Gherkin, naming the place, and a name that there is none of', async () => {
    const bad = await mkdtemp(join(folder, 'bad-'));
    await writeFile(
      join(bad, 'x.feature'),
      'Feature: x\n  Scenario: y\n    Given x\n    Sometimes it rains\n',
    );
    const unreadable = await anklume(['scenario', 'list', '--path', bad]);
    expect([unreadable.code, unreadable.stderr]).toEqual([
      2,
      expect.stringMatching(/x\.feature.*4:5/s),
    ]);
    const unknown = await anklume(['scenario', 'run', 'weather']);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("'weather'")]);
  });
});
