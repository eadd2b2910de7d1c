// Bundles src/ into dist/: one ES module per lazily loaded command, so that start-up reads only what it uses.
import { rmSync } from 'node:fs';
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
// Built beside and swapped in, so that a program started meanwhile finds a whole bundle: the old one or the new.
const fresh = await mkdtemp(`${root}dist.`);
await chmod(fresh, 0o755);
process.on('exit', (code) => {
  if (code !== 0) rmSync(fresh, { recursive: true, force: true });
});
await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  sourcemap: 'linked',
  logLevel: 'warning',
  // CommonJS dependencies (yaml, cli-table3) call require(); ES modules have none of their own.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});

const old = `${fresh}.old`;
await rename(`${root}dist`, old).catch(() => {});
await rename(fresh, `${root}dist`);
await rm(old, { recursive: true, force: true });
