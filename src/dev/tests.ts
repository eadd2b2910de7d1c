import { mkdtemp, rm } from 'node:fs/promises';
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
    for (const ring of rings) {
      const file = join(folder, `${ring}.json`);
      const code = await runRing(ring, file, env);
      totals.push(withFailure(await readTotals(file), code));
    }
    return totals.reduce(add, { passed: 0, failed: 0, skipped: 0 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runRing(ring: Ring, file: string, env: Readonly<Record<string, string>>): Promise<number> {
  if (ring === 'check') return runCheck(reporters(file));
  const words = ['run', '--project', ring, '--passWithNoTests', ...reporters(file)];
  return runAttached([tool('vitest'), ...words], { cwd: productRoot(), env });
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
