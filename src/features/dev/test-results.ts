import { stripVTControlCharacters } from 'node:util';
import * as v from 'valibot';
import { readIfExists } from '../../base/system/index.ts';

/** A test that failed, or a part of the run that did. */
export interface TestFailure {
  /** `integration`, or `integration 2/2`. */
  readonly run: string;
  /** Relative to the repository; none where the run as a whole failed. */
  readonly file?: string;
  readonly test: string;
  /** The first lines of what was thrown, without colours. */
  readonly message: string;
}

/** How long one run of the test runner took. */
export interface Duration {
  /** `integration`, or `integration 2/2`. */
  readonly run: string;
  readonly seconds: number;
}

/** What a run of tests counted. */
export interface TestTotals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed, so that a log that is read from its end says it. */
  readonly failures: readonly TestFailure[];
  /** In the order of the lanes; those side by side overlap. */
  readonly durations: readonly Duration[];
}

export const NO_TESTS: TestTotals = {
  passed: 0,
  failed: 0,
  skipped: 0,
  failures: [],
  durations: [],
};

const LINES = 12;

const FileResult = v.object({
  name: v.string(),
  status: v.string(),
  message: v.optional(v.string(), ''),
  assertionResults: v.array(
    v.object({
      fullName: v.string(),
      status: v.string(),
      failureMessages: v.optional(v.nullable(v.array(v.string()))),
    }),
  ),
});

/** The report that vitest's json reporter writes: https://vitest.dev/guide/reporters#json-reporter */
const Report = v.object({
  numPassedTests: v.number(),
  numFailedTests: v.number(),
  numPendingTests: v.number(),
  numTodoTests: v.number(),
  testResults: v.array(FileResult),
});

/** The counts in a report of vitest; none where there is no report, as when its run was cut short. */
export async function readTotals(file: string, run: string, root: string): Promise<TestTotals> {
  const text = (await readIfExists(file))?.toString('utf8');
  return text === undefined ? NO_TESTS : totalsOf(JSON.parse(text), run, root);
}

/** The counts and failures of a report. */
export function totalsOf(json: unknown, run: string, root: string): TestTotals {
  const report = v.parse(Report, json);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: report.testResults.flatMap((result) => failuresIn(result, run, root)),
    durations: [],
  };
}

function failuresIn(result: v.InferOutput<typeof FileResult>, run: string, root: string) {
  const file = result.name.startsWith(`${root}/`)
    ? result.name.slice(root.length + 1)
    : result.name;
  const tests = result.assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => ({
      run,
      file,
      test: fullName,
      message: firstLines(failureMessages?.join('\n') ?? ''),
    }));
  // A file that could not be loaded, or whose set-up failed, has no failed test.
  if (tests.length > 0 || result.status !== 'failed') return tests;
  return [{ run, file, test: 'the file as a whole', message: firstLines(result.message) }];
}

function firstLines(message: string): string {
  return stripVTControlCharacters(message).trim().split('\n').slice(0, LINES).join('\n');
}

/** A run that ended badly without a failed test, such as a formatting error, counts as one failure. */
export function withFailure(totals: TestTotals, code: number, run: string): TestTotals {
  if (code === 0 || totals.failed > 0) return totals;
  const whole = { run, test: 'the run as a whole', message: `exit status ${code}` };
  return {
    ...totals,
    failed: 1,
    failures: totals.failures.length > 0 ? totals.failures : [whole],
  };
}

export function addTotals(a: TestTotals, b: TestTotals): TestTotals {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    failures: [...a.failures, ...b.failures],
    durations: [...a.durations, ...b.durations],
  };
}

/** How long each run took, as lines: minutes and seconds. */
export function durationLines(durations: readonly Duration[]): string[] {
  const width = Math.max(...durations.map(({ run }) => run.length));
  return durations.map(({ run, seconds }) => {
    const whole = Math.round(seconds);
    const minutes = String(Math.floor(whole / 60)).padStart(4);
    return `${run.padEnd(width)}${minutes}:${String(whole % 60).padStart(2, '0')}`;
  });
}

/** The failures as lines, to stand before the counts. */
export function failureLines(failures: readonly TestFailure[]): string[] {
  return failures.flatMap(({ run, file, test, message }) => [
    `FAILED  ${run}: ${file === undefined ? '' : `${file} > `}${test}`,
    ...message
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `        ${line}`),
  ]);
}
