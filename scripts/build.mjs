// Bundles src/ into dist/: a small entry, and the program in one file beside it. One file, because V8 keeps compiled
// code for each file (src/cli/load-program.ts); what a command does not use is in it but is neither compiled nor run.
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
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
    format: 'cjs',
  };
  const { metafile } = await build({
    ...common,
    entryPoints: { program: 'src/cli/start.ts' },
    entryNames: '[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    // V8 can keep the code of a script, but a script cannot import(): lazy parts are wrapped functions, and Node's
    // own modules are required.
    supported: { 'dynamic-import': false },
    define: {
      'import.meta.url': '__programUrl',
      // Faster parts of ws that are not installed: looking for them takes longer than a command has to send.
      'process.env.WS_NO_BUFFER_UTIL': '"1"',
      'process.env.WS_NO_UTF_8_VALIDATE': '"1"',
    },
    banner: { js: "const __programUrl = require('node:url').pathToFileURL(__filename).href;" },
    metafile: true,
  });
  const program = basename(Object.keys(metafile.outputs).find((name) => name.endsWith('.cjs')));
  await escapeAll(`${fresh}/${program}`);
  await build({
    ...common,
    entryPoints: { main: 'src/cli/main.ts' },
    // What npm installs as the command is this file.
    banner: { js: '#!/usr/bin/env node' },
    define: { PROGRAM_FILE: JSON.stringify(program), 'import.meta.dirname': '__dirname' },
  });
  // An ES module as the entry would make Node load its machinery for them, for 10 ms.
  await writeFile(`${fresh}/package.json`, '{ "type": "commonjs" }\n');
  // The entry comes last: a program that starts meanwhile is whole, the old one or the new one.
  await mkdir(dist, { recursive: true });
  const parts = (await readdir(fresh)).filter((name) => name !== 'main.js');
  for (const name of [...parts, 'main.js']) await rename(`${fresh}/${name}`, `${dist}/${name}`);
  await removeOld(program);
} finally {
  await rm(fresh, { recursive: true, force: true });
}

/**
 * Leaves nothing but ASCII: the entry reads a byte as a character, which takes a third of the time, and V8 holds it in
 * half the room. esbuild escapes in strings, and leaves what stands in regular expressions.
 */
async function escapeAll(path) {
  const text = await readFile(path, 'utf8');
  const code = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  await writeFile(path, text.replace(/[^\u0000-\u007f]/g, code));
}

/** Earlier programs and their compiled code. One that was started a moment ago may still have to read its file. */
async function removeOld(program) {
  for (const name of await readdir(dist)) {
    if (name.startsWith(program) || name.startsWith('main.js') || name === 'package.json') continue;
    const facts = await stat(`${dist}/${name}`).catch(() => undefined);
    if (facts && Date.now() - facts.mtimeMs > 10_000)
      await rm(`${dist}/${name}`, { recursive: true, force: true });
  }
}
