// The house has an order: house.json lists its rooms from the ground up, and a file may import rooms below its own
// alone, by their index.ts where they are not open. Features stand side by side: one may import another where the pair
// is listed with its reason. No circle of files, imports of types counted; no file that has outgrown its topic.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file that needs more than this has a second topic. */
const LONGEST = 400;

const root = fileURLToPath(new URL('../', import.meta.url));
const src = join(root, 'src');
const house = JSON.parse(readFileSync(new URL('./house.json', import.meta.url), 'utf8'));
const files = readdirSync(src, { recursive: true }).filter((name) => name.endsWith('.ts'));
const faults = [];
const usedPairs = new Set();
const imports = new Map(files.map((file) => [file, importsOf(file)]));

for (const [file, targets] of imports)
  for (const target of isTest(file) ? [] : targets) {
    const fault = judge(file, target);
    if (fault) faults.push(`${file}: ${fault}`);
  }
for (const pair of Object.keys(house.pairs))
  if (!usedPairs.has(pair)) faults.push(`house.json: nothing needs the pair '${pair}' any more`);
for (const circle of circles()) faults.push(`files that import each other: ${circle.join(', ')}`);
for (const file of tooLong()) faults.push(file);
// A checker that reads nothing passes everything; 10 modules is far below any state of this tree.
if (files.length < 10) faults.push(`only ${files.length} modules found under src/`);
for (const fault of faults) console.error(fault);
console.log(`imports: ${files.length} modules, ${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);

function importsOf(file) {
  const text = readFileSync(join(src, file), 'utf8');
  const specs = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, spec]) => spec);
  return specs
    .map((spec) => relative(src, normalize(join(src, dirname(file), spec))))
    .filter((target) => !target.startsWith('..'));
}

/** What is wrong with one import; undefined where it may be. */
function judge(file, target) {
  const [from, to] = [roomOf(file), roomOf(target)];
  if (from === undefined) return 'stands in no room of scripts/house.json';
  if (from === to) return undefined;
  const pair = `${featureOf(file)} -> ${featureOf(target)}`;
  if (featureOf(file) && featureOf(target)) {
    if (!(pair in house.pairs)) return `'${pair}' is no listed pair of features (${target})`;
    usedPairs.add(pair);
  } else if (rank(from) <= rank(to)) return `'${from}' stands below '${to}' (${target})`;
  if (isOpen(to, target) || isOpen(from, file)) return undefined;
  return target === `${to}/index.ts` ? undefined : `'${target}' is private, import ${to}/index.ts`;
}

function roomOf(file) {
  const feature = featureOf(file);
  if (feature) return `features/${feature}`;
  if (file === 'features/index.ts') return 'cli';
  const found = house.order.filter((room) => file.startsWith(`${room}/`));
  return found.sort((a, b) => b.length - a.length)[0];
}

function featureOf(file) {
  return /^features\/([^/]+)\//.exec(file)?.[1];
}

function rank(room) {
  return house.order.indexOf(room.startsWith('features/') ? 'features' : room);
}

/** Commands and what they print have no door: the table of commands names them. */
function isOpen(room, file) {
  return house.open.includes(room) || /\/(commands|render)\//.test(file);
}

function isTest(file) {
  return /\.(test|fixture|test-kit)\.ts$/.test(file);
}

/** Strongly connected files (Tarjan), without tests. */
function circles() {
  const [found, stack, at, low] = [[], [], new Map(), new Map()];
  const visit = (file) => {
    at.set(file, at.size);
    low.set(file, at.get(file));
    stack.push(file);
    for (const next of imports.get(file) ?? []) {
      if (!imports.has(next)) continue;
      if (!at.has(next)) visit(next);
      if (stack.includes(next)) low.set(file, Math.min(low.get(file), low.get(next)));
    }
    if (low.get(file) !== at.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) found.push(circle);
  };
  for (const file of files) if (!at.has(file) && !isTest(file)) visit(file);
  return found;
}

function tooLong() {
  return ['src', 'tests', 'scripts', 'bench', 'ansible', 'roles', 'scenarios'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((name) => /\.(ts|mjs|py|sh)$/.test(name) && existsSync(join(root, folder, name)))
      .map((name) => [join(folder, name), linesOf(join(root, folder, name))])
      .filter(([, lines]) => lines > LONGEST)
      .map(([file, lines]) => `${file}: ${lines} lines, at most ${LONGEST}: split by topic`),
  );
}

function linesOf(path) {
  return readFileSync(path, 'utf8').split('\n').length - 1;
}
