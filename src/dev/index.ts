export { runTests, type TestTotals } from './tests.ts';
export { runBench, runCheck } from './tools.ts';
