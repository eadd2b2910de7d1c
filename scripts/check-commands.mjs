// A command opens, calls an operation and renders: its `run` has at most 15 lines. long-commands.json lists those that
// are longer still; the list only shrinks, as an entry that is not needed any more is a fault too.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const MOST = 15;

const features = fileURLToPath(new URL('../src/features', import.meta.url));
const listed = new Set(
  JSON.parse(readFileSync(new URL('./long-commands.json', import.meta.url), 'utf8')),
);
const commands = readdirSync(features, { recursive: true })
  .filter((name) => /\/commands\/.*(?<!\.test)\.ts$/.test(name))
  .flatMap(commandsOf);
const long = new Map(commands.filter(({ lines }) => lines > MOST).map((one) => [one.id, one]));
const faults = [
  ...[...long.values()]
    .filter(({ id }) => !listed.has(id))
    .map(
      ({ id, lines }) =>
        `${id}: run has ${lines} lines, at most ${MOST}: move the work into an operation`,
    ),
  ...[...listed]
    .filter((id) => !long.has(id))
    .map((id) => `long-commands.json: '${id}' is not longer than ${MOST} lines any more`),
];
// A checker that reads nothing passes everything.
if (commands.length < 10) faults.push(`only ${commands.length} commands found`);
for (const fault of faults) console.error(fault);
console.log(`commands: ${commands.length}, ${long.size} of them too long, ${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);

/** Each `command({ ... })` of a file, with the lines of what it runs. */
function commandsOf(name) {
  const text = readFileSync(join(features, name), 'utf8');
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.getText(file) === 'command') {
      const body = bodyOf(node.arguments[0], file);
      found.push({ id: `${name} ${nameOf(node, file)}`, lines: linesOf(body, file) });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The body of `run`, also where it is a function of the same file. */
function bodyOf(spec, file) {
  const run = spec?.properties?.find((one) => one.name?.getText(file) === 'run');
  const value = run?.initializer ?? run;
  if (!value || !ts.isIdentifier(value)) return value?.body;
  const named = file.statements.find(
    (one) => ts.isFunctionDeclaration(one) && one.name?.text === value.text,
  );
  return named?.body;
}

/** The name that a command is given, or that of the function which makes it. */
function nameOf(node, file) {
  for (let at = node.parent; at; at = at.parent)
    if (ts.isVariableDeclaration(at) || ts.isFunctionDeclaration(at)) return at.name.getText(file);
  return '';
}

function linesOf(body, file) {
  if (!body) throw new Error(`${file.fileName}: a command without a run that can be read`);
  const line = (position) => file.getLineAndCharacterOfPosition(position).line;
  const between = line(body.end) - line(body.getStart(file));
  return ts.isBlock(body) ? between - 1 : between + 1;
}
