import { join } from 'node:path';
import { cloneRoot, runAttached } from '../../base/system/index.ts';

/** Format, lint, types, imports, sizes, unused code and unit tests; `more` goes to the unit tests. */
export function runCheck(more: readonly string[] = []): Promise<number> {
  const root = cloneRoot();
  return runAttached([process.execPath, join(root, 'scripts', 'check.mjs'), ...more], {
    cwd: root,
  });
}

/** The benchmark against the bare scripts; needs the embedded sandbox. */
export function runBench(more: readonly string[] = []): Promise<number> {
  return runAttached([tool('tsx'), 'bench/main.ts', ...more], { cwd: cloneRoot() });
}

/** A program that the development dependencies bring. */
export function tool(name: string): string {
  return join(cloneRoot(), 'node_modules', '.bin', name);
}
