import { defineConfig } from 'vitest/config';
import { Balanced } from './scripts/test-shards.ts';

/** Unit and property tests stand beside their source; integration tests need the embedded sandbox. */
export default defineConfig({
  test: {
    pool: 'threads',
    sequence: { sequencer: Balanced },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
          // No test waits for a clock; this bounds one that hangs, on machines that do much else besides.
          testTimeout: 60_000,
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          globalSetup: ['tests/integration/setup.ts'],
          setupFiles: ['tests/integration/between-files.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['tests/faults/**/*.test.ts'],
          globalSetup: ['tests/integration/setup.ts'],
          setupFiles: ['tests/integration/between-files.ts'],
          testTimeout: 600_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'roles',
          include: ['tests/roles/**/*.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 3_600_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'hostile',
          include: ['tests/hostile/**/*.test.ts'],
          globalSetup: ['tests/integration/setup.ts'],
          setupFiles: ['tests/integration/between-files.ts'],
          testTimeout: 600_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'scenarios',
          include: ['tests/scenarios/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 7_200_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'nested',
          include: ['tests/nested/**/*.test.ts'],
          testTimeout: 3_600_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'nested-vm',
          include: ['tests/nested-vm/**/*.test.ts'],
          globalSetup: ['tests/vms/setup.ts'],
          testTimeout: 5_400_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'vms',
          include: ['tests/vms/**/*.test.ts'],
          globalSetup: ['tests/vms/setup.ts'],
          testTimeout: 1_200_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'emulated',
          include: ['tests/emulated/**/*.test.ts'],
          globalSetup: ['tests/emulated/setup.ts'],
          testTimeout: 1_200_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
