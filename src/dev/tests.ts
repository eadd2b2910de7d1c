import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Emit } from '../messages/index.ts';
import { installRequirements } from '../sandbox/index.ts';
import { productRoot, readIfExists, runAttached } from '../system/index.ts';
import { runCheck, tool } from './tools.ts';

/** What a run of all tests counted. */
export interface TestTotals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Parts of the tests, by their names on the command line, in the order that they run in. */
export const RINGS = ['check', 'integration', 'faults', 'roles'] as const;
export type Ring = (typeof RINGS)[number];

/** Runs the rings one after the other, all of them whatever fails. */
export async function runTests(
  rings: readonly Ring[],
  env: Readonly<Record<string, string>>,
  options: { readonly emit?: Emit; readonly signal?: AbortSignal },
): Promise<TestTotals> {
  // Integration tests start a sandbox; whoever runs all tests wants what it needs.
  await installRequirements({ assumeYes: true, ...options });
  const folder = await mkdtemp(join(tmpdir(), 'anklume-tests-'));
  try {
    const totals: TestTotals[] = [];
    for (const ring of rings) totals.push(await runRing(ring, folder, env));
    return totals.reduce(add, { passed: 0, failed: 0, skipped: 0 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Rings of which two halves run side by side, each with a sandbox of its own. Much of their time is spent waiting for
 * machines to boot, so that two processors do in a good half of the time what one run does.
 */
const HALVED: readonly Ring[] = ['integration'];

async function runRing(
  ring: Ring,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<TestTotals> {
  if (ring === 'check') {
    const file = join(folder, 'check.json');
    const code = await runCheck(reporters(file));
    return withFailure(await readTotals(file), code);
  }
  const lanes = HALVED.includes(ring) ? 2 : 1;
  const run = (lane: number) => runLane(ring, folder, env, { lane, lanes });
  const totals = await Promise.all(Array.from({ length: lanes }, (_, at) => run(at + 1)));
  return totals.reduce(add);
}

/** The first lane prints as it goes; what another printed is shown when it has ended. */
async function runLane(
  ring: Ring,
  folder: string,
  env: Readonly<Record<string, string>>,
  { lane, lanes }: { readonly lane: number; readonly lanes: number },
): Promise<TestTotals> {
  const counts = join(folder, `${ring}-${lane}.json`);
  const shard = lanes > 1 ? [`--shard=${lane}/${lanes}`] : [];
  const words = ['run', '--project', ring, '--passWithNoTests', ...shard, ...reporters(counts)];
  const argv = [tool('vitest'), ...words];
  const place = { cwd: productRoot(), env };
  if (lane === 1) {
    const code = await runAttached(argv, place);
    return withFailure(await readTotals(counts), code);
  }
  const printed = join(folder, `${ring}-${lane}.log`);
  await using file = await open(printed, 'w');
  const code = await runAttached(argv, { ...place, output: file.fd });
  process.stdout.write(await readFile(printed, 'utf8'));
  return withFailure(await readTotals(counts), code);
}

/** Lines for the reader, and the counts into a file. */
function reporters(file: string): string[] {
  return ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
}

/** A run that ended badly without a failed test, such as a formatting error, counts as one failure. */
export function withFailure(totals: TestTotals, code: number): TestTotals {
  return code !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
}

async function readTotals(file: string): Promise<TestTotals> {
  const text = (await readIfExists(file))?.toString('utf8');
  const counts: Record<string, unknown> = text === undefined ? {} : JSON.parse(text);
  const number = (key: string) => Number(counts[key] ?? 0);
  return {
    passed: number('numPassedTests'),
    failed: number('numFailedTests'),
    skipped: number('numPendingTests') + number('numTodoTests'),
  };
}

function add(a: TestTotals, b: TestTotals): TestTotals {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}
