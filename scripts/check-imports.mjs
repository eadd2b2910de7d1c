// Rooms have one-way doors: rooms.json lists, for each room under src/, the rooms it may import,
// and the only door of a room is its index.ts. Fails on any other import, on a file that grew too long,
// and on seeing no module at all.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../src/', import.meta.url));
const rooms = JSON.parse(readFileSync(new URL('./rooms.json', import.meta.url), 'utf8'));
const files = readdirSync(src, { recursive: true }).filter((name) => name.endsWith('.ts'));
const faults = [];

/** A file that needs more than this has a second topic. */
const LONGEST = 400;

for (const file of files) {
  const room = file.split('/')[0];
  if (!rooms[room]) faults.push(`${file}: room '${room}' is not in scripts/rooms.json`);
  const text = readFileSync(join(src, file), 'utf8');
  for (const [, spec] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
    const target = relative(src, normalize(join(src, dirname(file), spec)));
    const targetRoom = target.split('/')[0];
    if (targetRoom === '..' || targetRoom === room) continue;
    if (!rooms[room]?.includes(targetRoom))
      faults.push(`${file}: may not import room '${targetRoom}'`);
    else if (target !== `${targetRoom}/index.ts` && room !== 'cli')
      faults.push(`${file}: '${target}' is private, import ${targetRoom}/index.ts`);
  }
}

const root = fileURLToPath(new URL('../', import.meta.url));
for (const folder of ['src', 'tests', 'scripts', 'bench', 'ansible', 'roles', 'scenarios'])
  for (const name of readdirSync(join(root, folder), { recursive: true })) {
    if (!/\.(ts|mjs|py|sh)$/.test(name)) continue;
    const file = join(folder, name);
    const lines = readFileSync(join(root, file), 'utf8').split('\n').length - 1;
    if (lines > LONGEST) faults.push(`${file}: ${lines} lines, at most ${LONGEST}: split by topic`);
  }

// A checker that reads nothing passes everything; 10 modules is far below any state of this tree.
if (files.length < 10) faults.push(`only ${files.length} modules found under src/`);
for (const fault of faults) console.error(fault);
console.log(`imports: ${files.length} modules, ${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);
