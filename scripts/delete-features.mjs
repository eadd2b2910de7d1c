// `node scripts/delete-features.mjs [NAME...]`: deletes one feature at a time in a scratch copy, its folder and its line
// in the table, and counts the product files that no longer compile and the places that still name it. At most one file
// may break; a feature that others need more than that is no feature but a part of the house.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
/** What was built as a folder and a line; the first words are folders below src/, the last the name in the table. */
const FEATURES = {
  scenarios: ['features/scenarios', 'scenarios'],
  disposables: ['features/disposables', 'disposables'],
  import: ['features/import', 'importing'],
  golden: ['features/golden', 'golden'],
  vm: ['isolation/vm', undefined],
};

const asked = process.argv.slice(2);
let worst = 0;
for (const name of asked.length > 0 ? asked : Object.keys(FEATURES)) {
  const broken = without(...FEATURES[name]);
  worst = Math.max(worst, broken.length);
  console.log(
    `${name}: ${broken.length} product files break${broken.map((file) => `\n  ${file}`).join('')}`,
  );
}
process.exit(worst > 1 ? 1 : 0);

/** The product files that no longer compile without a folder and its line in the table. */
function without(folder, named) {
  const copy = mkdtempSync(join(tmpdir(), 'anklume-without-'));
  try {
    for (const part of ['src', 'package.json', 'tsconfig.json', 'schemas'])
      cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    rmSync(join(copy, 'src', folder), { recursive: true });
    for (const file of readdirSync(join(copy, 'src'), { recursive: true }))
      if (/\.(test|fixture|test-kit)\.ts$/.test(file)) rmSync(join(copy, 'src', file));
    if (named) dropLine(join(copy, 'src/features/index.ts'), folder, named);
    const config = JSON.parse(readFileSync(join(copy, 'tsconfig.json'), 'utf8'));
    writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify({ ...config, include: ['src'] }));
    const { stdout } = spawnSync('node_modules/.bin/tsc', ['--noEmit'], {
      cwd: copy,
      encoding: 'utf8',
    });
    return [...new Set([...stdout.matchAll(/^(src\/[^(]+)\(/gm)].map(([, file]) => file))].sort();
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function dropLine(path, folder, named) {
  const lines = readFileSync(path, 'utf8').split('\n');
  const kept = lines.filter(
    (line) => !line.includes(`'./${folder.split('/')[1]}/feature.ts'`) && line !== `  ${named},`,
  );
  if (kept.length !== lines.length - 2) throw new Error(`${path} has no line for ${named}`);
  writeFileSync(path, kept.join('\n'));
}
