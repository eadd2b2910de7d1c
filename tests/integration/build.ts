import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireLock, productRoot, run } from '../../src/base/system/index.ts';

/** The built program, as people run it. */
export const program = join(productRoot(), 'dist/main.js');

/** Builds the program unless the built one is newer than all sources. Two test runs do not build at once. */
export async function buildProgram(): Promise<void> {
  await using _lock = await acquireLock(`build:${productRoot()}`, { command: 'build', wait: true });
  const built = await stat(program).catch(() => undefined);
  if (built && built.mtimeMs > (await newestSource())) return;
  await run([process.execPath, join(productRoot(), 'scripts/build.mjs')]);
}

async function newestSource(): Promise<number> {
  const folder = join(productRoot(), 'src');
  const names = await readdir(folder, { recursive: true });
  const sources = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const times = await Promise.all(
    sources.map(async (name) => (await stat(join(folder, name))).mtimeMs),
  );
  return Math.max(...times);
}
