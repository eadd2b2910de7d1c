// `npm run check`: format, lint, types, import rules, file sizes, unused code, unit tests. All run, all are reported.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const steps = [
  ['format and lint', 'npx', ['biome', 'check', '--error-on-warnings', '.']],
  ['types', 'npx', ['tsc', '--noEmit']],
  ['imports', 'node', ['scripts/check-imports.mjs']],
  ['unused code', 'npx', ['knip', '--no-progress']],
  ['unit tests', 'npx', ['vitest', 'run', '--project', 'unit', ...process.argv.slice(2)]],
];
const failed = [];
for (const [name, command, args] of steps) {
  const started = performance.now();
  const { status } = spawnSync(command, args, {
    stdio: 'inherit',
    cwd: fileURLToPath(new URL('..', import.meta.url)),
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) console.error(`check failed: ${failed.join(', ')}`);
process.exit(failed.length > 0 ? 1 : 0);
