// Bundles src/ into dist/: one ES module per lazily loaded command, so that start-up reads only what it uses.
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const fresh = await mkdtemp(`${root}dist.`);
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

// Moved in one by one under names of their content, the entry last: a program that starts meanwhile is whole, and
// one that still runs finds the parts it has not yet loaded.
const dist = `${root}dist`;
await mkdir(dist, { recursive: true });
const parts = (await readdir(fresh)).filter((name) => name !== 'main.js');
for (const name of [...parts, 'main.js']) await rename(`${fresh}/${name}`, `${dist}/${name}`);
await rm(fresh, { recursive: true });

const DAY = 24 * 3600 * 1000;
for (const name of await readdir(dist)) {
  if (name === 'main.js' || parts.includes(name)) continue;
  const facts = await stat(`${dist}/${name}`).catch(() => undefined);
  if (facts?.isFile() && Date.now() - facts.mtimeMs > DAY)
    await rm(`${dist}/${name}`, { force: true });
}
