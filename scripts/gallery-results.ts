// The JSON Schema of what commands print with `--json`, made of the types that each feature lists in its `results.ts`.
// `npm run docs:gallery` writes it into schemas/results.schema.json.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGenerator, type Definition } from 'ts-json-schema-generator';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export const RESULTS_SCHEMA = join(ROOT, 'schemas', 'results.schema.json');

/** The map of what stands on standard error, and how the maps of results are named. */
const TOLD = 'Told';
const RESULTS = /Results$/;

type Named = Record<string, Definition>;

export function writeResultsSchema(): void {
  writeFileSync(RESULTS_SCHEMA, resultsText());
}

/** The text of the file. */
export function resultsText(): string {
  return `${JSON.stringify(makeResultsSchema(), undefined, 2)}\n`;
}

/** One document, with a definition for each `type` and for each named part of them. */
function makeResultsSchema(): object {
  const parts = { ...definitions() };
  const maps = Object.keys(parts).filter((name) => RESULTS.test(name));
  const results: Record<string, Definition[]> = {};
  for (const map of maps)
    for (const [type, schema] of Object.entries(take(parts, map)))
      results[type] = [...(results[type] ?? []), schema];
  const told = take(parts, TOLD);
  const named = Object.entries(results).map(([type, all]) => [
    type,
    // Two features may print objects of one type.
    all.length === 1 ? all[0] : { anyOf: all },
  ]);
  const types: Named = { ...sorted(Object.fromEntries(named)), ...sorted(told) };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'What anklume prints with --json',
    description:
      'One object a line. Results stand on standard output; error, note, problem and step.* on standard error.',
    anyOf: Object.keys(types).map((type) => ({ $ref: `#/$defs/${type}` })),
    $defs: modern({ ...types, ...sorted(parts) }),
  };
}

/** The maps and all that they refer to. Throws where two types have one name: one of them is to be renamed. */
function definitions(): Named {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile).config,
    ts.sys,
    ROOT,
  );
  const files = ts.sys.readDirectory(join(ROOT, 'src'), ['.ts'], undefined, [
    'features/*/results.ts',
    'kit/progress/told.ts',
  ]);
  const program = withTablesWrittenOut(ts.createProgram(files, options), options);
  const maps = files
    .flatMap((file) => program.getSourceFile(file)?.statements ?? [])
    .filter((one) => ts.isTypeAliasDeclaration(one) || ts.isInterfaceDeclaration(one))
    .filter(({ name }) => name.text === TOLD || RESULTS.test(name.text));
  const generator = createGenerator({ tsProgram: program, encodeRefs: false });
  return generator.createSchemaFromNodes(maps).definitions as Named;
}

/** An interface that is computed from a table of keys, where it is declared. */
const OF_TABLE = /(?<=interface (\w+) )extends \w+<typeof \w+> \{\}/g;

/** The same program, with the fields of tables written out: the generator reads what is written, and computes nothing. */
function withTablesWrittenOut(program: ts.Program, options: ts.CompilerOptions): ts.Program {
  const checker = program.getTypeChecker();
  const host = ts.createCompilerHost(options);
  const texts = new Map<string, string>();
  for (const file of program.getSourceFiles()) {
    const computed = file.text.replace(OF_TABLE, (_, name: string) => {
      const one = file.statements.find((node) => 'name' in node && isNamed(node.name, name));
      return one ? `{ ${fieldsText(checker, one)} }` : '{}';
    });
    if (computed !== file.text) texts.set(file.fileName, computed);
  }
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) => {
    const text = texts.get(name);
    return text === undefined ? read(name, ...rest) : ts.createSourceFile(name, text, ...rest);
  };
  return ts.createProgram([...program.getRootFileNames()], options, host);
}

function isNamed(node: unknown, name: string): boolean {
  return typeof node === 'object' && node !== null && 'text' in node && node.text === name;
}

function fieldsText(checker: ts.TypeChecker, declared: ts.Node): string {
  const type = checker.getTypeAtLocation(declared);
  return type
    .getProperties()
    .map((field) => {
      const held = checker.getTypeOfSymbolAtLocation(field, declared);
      const mark = field.flags & ts.SymbolFlags.Optional ? '?' : '';
      return `readonly ${field.name}${mark}: ${checker.typeToString(held)};`;
    })
    .join(' ');
}

/** What a map names by its types; the map itself, which nobody prints, is taken out of the parts. */
function take(parts: Named, map: string): Named {
  let found = parts[map];
  delete parts[map];
  while (found?.$ref) {
    const name: string = found.$ref.replace('#/definitions/', '');
    found = parts[name];
    delete parts[name];
  }
  return (found?.properties ?? {}) as Named;
}

function sorted(named: Named): Named {
  return Object.fromEntries(Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** From draft 7, which the generator writes, to 2020-12. */
function modern(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(modern);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key === '$ref') return [key, String(value).replace('#/definitions/', '#/$defs/')];
      if (key === 'items' && Array.isArray(value)) return ['prefixItems', modern(value)];
      return [key, modern(value)];
    }),
  );
}
