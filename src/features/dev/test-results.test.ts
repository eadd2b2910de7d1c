import { describe, expect, it } from 'vitest';
import { durationLines, failureLines, NO_TESTS, totalsOf, withFailure } from './test-results.ts';

const counts = { numPassedTests: 2, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1 };

describe('totalsOf', () => {
  it('has the counts, and each failed test with its file and the first lines without colours', () => {
    const message = ['\u001B[31mexpected\u001B[39m', ...Array(40).fill('at somewhere')].join('\n');
    const assertionResults = [
      { fullName: 'walls hold', status: 'passed', failureMessages: [] },
      { fullName: 'walls fall', status: 'failed', failureMessages: [message] },
    ];
    const file = { name: '/a/tests/walls.test.ts', status: 'failed', assertionResults };
    const totals = totalsOf({ ...counts, testResults: [file] }, 'integration 1/2', '/a');
    expect(totals).toMatchObject({ passed: 2, failed: 1, skipped: 2 });
    expect(totals.failures).toHaveLength(1);
    expect(totals.failures[0]).toMatchObject({ file: 'tests/walls.test.ts', test: 'walls fall' });
    expect(failureLines(totals.failures)).toHaveLength(13);
    expect(failureLines(totals.failures).slice(0, 2)).toEqual([
      'FAILED  integration 1/2: tests/walls.test.ts > walls fall',
      '        expected',
    ]);
  });

  it('names a file that could not be loaded', () => {
    const file = {
      name: '/a/x.test.ts',
      status: 'failed',
      message: 'no such module',
      assertionResults: [],
    };
    const { failures } = totalsOf({ ...counts, testResults: [file] }, 'vms', '/a');
    expect(failures).toEqual([
      { run: 'vms', file: 'x.test.ts', test: 'the file as a whole', message: 'no such module' },
    ]);
  });
});

describe('withFailure', () => {
  const green = { ...NO_TESTS, passed: 3 };

  it('counts a run that ended badly without a failed test as one failure, and names it', () => {
    const totals = withFailure(green, 1, 'check');
    expect(totals.failed).toBe(1);
    expect(failureLines(totals.failures)[0]).toBe('FAILED  check: the run as a whole');
  });

  it('leaves a good run and a counted failure as they are', () => {
    expect(withFailure(green, 0, 'check')).toBe(green);
    expect(withFailure({ ...green, failed: 2 }, 1, 'check').failed).toBe(2);
  });
});

describe('durationLines', () => {
  it('has the runs in columns, in minutes and seconds', () => {
    const durations = [
      { run: 'check', seconds: 59.6 },
      { run: 'integration 1/2', seconds: 725 },
    ];
    expect(durationLines(durations)).toEqual(['check             1:00', 'integration 1/2  12:05']);
    expect(durationLines([])).toEqual([]);
  });
});
