import type { Feature } from '../../kit/feature.ts';
import { dev } from './commands/dev.ts';
import { lint } from './commands/dev-lint.ts';
import { matrixCoverage } from './commands/dev-matrix.ts';
import { testRunnerCreate, testRunnerDelete, testSandboxed } from './commands/dev-runner.ts';

export const feature: Feature = {
  commands: { more: { dev } },
  hidden: {
    lint,
    matrixCoverage,
    testRunnerCreate,
    testRunnerDelete,
    testRunnerDestroy: testRunnerDelete,
    testSandboxed,
  },
};
