// `npm run check`: format, lint, types, import rules, file sizes, length of commands, unused code, unit tests. All run, all are reported.
// Two lanes at a time: the tests in one, everything that only reads the sources in the other.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lanes = [
  [['unit tests', 'npx', ['vitest', 'run', '--project', 'unit', ...process.argv.slice(2)]]],
  [
    ['format and lint', 'npx', ['biome', 'check', '--error-on-warnings', '.']],
    ['imports and sizes', 'node', ['scripts/check-imports.mjs']],
    ['length of commands', 'node', ['scripts/check-commands.mjs']],
    ['unused code', 'npx', ['knip', '--no-progress']],
    ['types', 'npx', ['tsc', '--noEmit']],
  ],
];

/** Runs one step to its end, its output held together. */
function run([name, command, args]) {
  const started = performance.now();
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => chunks.push(data));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      process.stdout.write(Buffer.concat(chunks));
      console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
      resolve({ name, ok: status === 0 });
    });
  });
}

async function inOrder(steps) {
  const results = [];
  for (const step of steps) results.push(await run(step));
  return results;
}

const results = (await Promise.all(lanes.map(inOrder))).flat();
const failed = results.filter(({ ok }) => !ok).map(({ name }) => name);
if (failed.length > 0) console.error(`check failed: ${failed.join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
