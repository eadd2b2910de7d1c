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

/** Runs the check, the integration tests and the faults, one after the other, all of them whatever fails. */
export async function runTests(
  env: Readonly<Record<string, string>>,
  options: { readonly emit?: Emit; readonly signal?: AbortSignal },
): Promise<TestTotals> {
  // Integration tests start a sandbox; whoever runs all tests wants what it needs.
  await installRequirements({ assumeYes: true, ...options });
  const folder = await mkdtemp(join(tmpdir(), 'anklume-tests-'));
  try {
    const unit = join(folder, 'unit.json');
    const check = await runCheck(reporters(unit));
    const totals = [withFailure(await readTotals(unit), check)];
    for (const project of ['integration', 'faults']) {
      const file = join(folder, `${project}.json`);
      const code = await runAttached(
        [tool('vitest'), 'run', '--project', project, '--passWithNoTests', ...reporters(file)],
        { cwd: productRoot(), env },
      );
      totals.push(withFailure(await readTotals(file), code));
    }
    return totals.reduce(add);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
