// Bundles src/ into dist/: a small entry, and the program in one file beside it. One file, because V8 keeps compiled
// code for each file (src/cli/load-program.ts); what a command does not use is in it but is neither compiled nor run.
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist`;
const fresh = await mkdtemp(`${root}dist.`);
try {
  const common = {
    absWorkingDir: root,
    outdir: fresh,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    minifySyntax: true,
    sourcemap: 'linked',
    logLevel: 'warning',
  };
  const { metafile } = await build({
    ...common,
    entryPoints: { program: 'src/cli/start.ts' },
    entryNames: '[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    // V8 can keep the code of a script, but a script cannot import(): lazy parts are wrapped functions, and Node's
    // own modules are required.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__programUrl' },
    banner: { js: "const __programUrl = require('node:url').pathToFileURL(__filename).href;" },
    metafile: true,
  });
  const program = basename(Object.keys(metafile.outputs).find((name) => name.endsWith('.cjs')));
  await build({
    ...common,
    entryPoints: { main: 'src/cli/main.ts' },
    format: 'esm',
    define: { PROGRAM_FILE: JSON.stringify(program) },
  });
  // The entry comes last: a program that starts meanwhile is whole, the old one or the new one.
  await mkdir(dist, { recursive: true });
  const parts = (await readdir(fresh)).filter((name) => name !== 'main.js');
  for (const name of [...parts, 'main.js']) await rename(`${fresh}/${name}`, `${dist}/${name}`);
  await removeOld(program);
} finally {
  await rm(fresh, { recursive: true, force: true });
}

/** Earlier programs and their compiled code. One that was started a moment ago may still have to read its file. */
async function removeOld(program) {
  for (const name of await readdir(dist)) {
    if (name.startsWith(program) || name.startsWith('main.js')) continue;
    const facts = await stat(`${dist}/${name}`).catch(() => undefined);
    if (facts && Date.now() - facts.mtimeMs > 10_000)
      await rm(`${dist}/${name}`, { recursive: true, force: true });
  }
}
