export { type LintResult, runLinters } from './lint.ts';
export type { CapabilityCoverage, Coverage } from './matrix/coverage.ts';
export { matrixCoverage } from './matrix/matrix-coverage.ts';
export { durationLines, failureLines } from './results.ts';
export type { ScenarioResult, StepResult } from './roles/run-scenario.ts';
export { rolesIn } from './roles/scenario.ts';
export { ROLE_SANDBOX, type RoleTestOptions, testRoles } from './roles/test-roles.ts';
export {
  createRunner,
  destroyRunner,
  type RunnerReport,
  type SandboxedReport,
  testSandboxed,
} from './runner/runner.ts';
export { type Ring, ringsOf, runTests } from './tests.ts';
export { runBench, runCheck } from './tools.ts';
