import type { ResultsOf } from '../../kit/results.ts';
import type { LintResult } from './lint.ts';
import type { Coverage } from './matrix/coverage.ts';
import type { ScenarioResult } from './roles/run-scenario.ts';
import type { RunnerReport, SandboxedReport } from './runner/runner.ts';
import type { TestTotals } from './test-results.ts';

declare module '../../kit/results.ts' {
  interface Results {
    dev: DevResults;
  }
}

export type DevResults = ResultsOf<Contents>;

interface Contents {
  readonly lint: LintResult;
  readonly 'matrix-coverage': Coverage;
  readonly 'role-test': ScenarioResult;
  readonly 'test-runner': RunnerReport;
  readonly 'test-runner-destroyed': { readonly destroyed: boolean };
  readonly 'test-sandboxed': Omit<SandboxedReport, 'results'>;
  readonly tests: TestTotals;
}
