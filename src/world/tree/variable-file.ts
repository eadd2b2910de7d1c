import { isMap, LineCounter, parseDocument } from 'yaml';
import type { Problem, Text } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import type { TreeFile } from './layout.ts';
import { cutSection, sectionOf } from './managed-section.ts';
import { RenderedValue } from './rendered-value.ts';
import { brokenMarkers } from './sync-problems.ts';
import { placeAt, type Value, YamlValue } from './value.ts';

/** The variables of one part of a file. */
export interface Layer {
  readonly file: string;
  /** Whether these are the lines between our markers. */
  readonly managed: boolean;
  readonly variables: ReadonlyMap<string, Value>;
}

/** The parts of a file, the winning one first, and what is wrong with it. */
export interface VariableFile {
  readonly layers: readonly Layer[];
  readonly problems: readonly Problem[];
}

/**
 * Reads a file of variables. The user's own lines and the managed section are read apart, so that
 * the user's line wins wherever it stands. Nothing is thrown: a bad file becomes placed problems.
 * A section that is exactly `rendered` is known already and not parsed: parsing is most of the cost of an unchanged apply.
 */
export function readVariableFile(file: string, bytes: Buffer, rendered?: TreeFile): VariableFile {
  // Encrypted with ansible-vault as a whole: only Ansible can read it.
  if (bytes.subarray(0, 14).toString('latin1') === '$ANSIBLE_VAULT') return NOTHING;
  const cut = cutSection(bytes);
  if ('message' in cut) return { layers: [], problems: [brokenMarkers(file, cut)] };
  const section = cut.section ?? '';
  const aboveSection = '\n'.repeat(Math.max(0, cut.line));
  const sectionLines = cut.line === 0 ? '' : '\n'.repeat(linesIn(section) + 2);
  const own = readPart(file, false, `${cut.before}${sectionLines}${cut.after}`);
  const parse = () => readPart(file, true, `${aboveSection}${section}`);
  const managed =
    rendered && section === sectionOf(rendered.content)
      ? { layers: [renderedLayer(file, rendered, parse)], problems: [] }
      : parse();
  return {
    layers: [...own.layers, ...managed.layers],
    problems: [...own.problems, ...managed.problems, ...linesAbove(own, managed, cut.line)],
  };
}

function renderedLayer(file: string, rendered: TreeFile, parse: () => VariableFile): Layer {
  let parsed: ReadonlyMap<string, Value> | undefined;
  const top = { file, line: 1, column: 1 };
  const variables = Object.entries(rendered.variables).map(([name, data]): [string, Value] => [
    name,
    new RenderedValue(data, top, () => {
      parsed ??= parse().layers[0]?.variables ?? new Map();
      return parsed.get(name);
    }),
  ]);
  return { file, managed: true, variables: new Map(variables) };
}

/** A user's line above the section: it wins here, but Ansible takes the last of equal keys. */
function linesAbove(own: VariableFile, managed: VariableFile, sectionLine: number): Problem[] {
  const lines = own.layers.flatMap((layer) => [...layer.variables]);
  return lines.flatMap(([name, value]): Problem[] => {
    if (!managed.layers.some((layer) => layer.variables.has(name))) return [];
    const { place } = value;
    if (place.line > sectionLine) return [];
    return [{ code: 'tree-line-above', severity: 'warning', path: [name], place, ...above(name) }];
  });
}

function above(untrustedName: string): { message: Text; remedy: Text } {
  const name = printable(untrustedName).slice(0, 80);
  return {
    message: {
      en: `This '${name}' stands above the managed section: it counts here, but Ansible takes the managed one.`,
      fr: `Ce « ${name} » figure au-dessus de la section gérée : il compte ici, mais Ansible prend celui de la section.`,
    },
    remedy: {
      en: 'Move the line below `# === END MANAGED ===`.',
      fr: 'Déplacez la ligne sous « # === END MANAGED === ».',
    },
  };
}

const NOTHING: VariableFile = { layers: [], problems: [] };

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}

/** A line that is more than a comment or a document marker. */
const CONTENT = /^(?!\s*(?:#|$)|---\s*(?:#|$))/m;

function readPart(file: string, managed: boolean, latin1Text: string): VariableFile {
  if (!CONTENT.test(latin1Text)) return NOTHING;
  const text = decode(latin1Text);
  if (text === undefined) return only(notUtf8(file, latin1Text));
  const lines = new LineCounter();
  const source = { file, text, lines };
  try {
    // YAML 1.1, as Ansible reads it: `yes` is true and of two equal keys the last one counts.
    const document = parseDocument(text, {
      version: '1.1',
      uniqueKeys: false,
      merge: true,
      prettyErrors: false,
      stringKeys: false,
      logLevel: 'error',
      lineCounter: lines,
    });
    const problems = document.errors.slice(0, 5).map((error): Problem => {
      const place = placeAt(source, error.pos[0]);
      if (error.code === 'MULTIPLE_DOCS')
        return { code: 'tree-second-document', severity: 'warning', path: [], place, ...SECOND };
      const words = printable(error.message);
      return { ...syntaxProblem(words), place };
    });
    if (problems.some((problem) => problem.severity === 'error')) return { layers: [], problems };
    const { contents } = document;
    if (contents !== null && !isMap(contents)) {
      const place = placeAt(source, contents.range?.[0] ?? 0);
      return only({ code: 'tree-not-variables', severity: 'error', path: [], place, ...NO_MAP });
    }
    const variables = new YamlValue({ ...source, document }, contents).entries() ?? new Map();
    return { layers: [{ file, managed, variables }], problems };
  } catch (error) {
    // The parser itself gives up on some texts, such as brackets nested thousands deep.
    const place = { file, line: 1, column: 1 };
    return only({ ...syntaxProblem(printable(String(error))), place });
  }
}

function only(problem: Problem): VariableFile {
  return { layers: [], problems: [problem] };
}

function decode(latin1Text: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(latin1Text, 'latin1'));
  } catch {
    return undefined;
  }
}

function notUtf8(file: string, latin1Text: string): Problem {
  const bad = latin1Text.split('\n').findIndex((line) => decode(line) === undefined);
  return {
    code: 'tree-not-utf8',
    severity: 'error',
    path: [],
    place: { file, line: bad + 1, column: 1 },
    message: { en: 'This line is not UTF-8 text.', fr: "Cette ligne n'est pas du texte UTF-8." },
    remedy: { en: 'Save the file as UTF-8.', fr: 'Enregistrez le fichier en UTF-8.' },
  };
}

function syntaxProblem(words: string): Problem {
  return {
    code: 'tree-syntax',
    severity: 'error',
    path: [],
    message: {
      en: `This is not valid YAML: ${words}`,
      fr: `Ce n'est pas du YAML valide : ${words}`,
    },
    remedy: {
      en: 'Look at the indentation, the colons and the quotes of this line and the one above.',
      fr: "Vérifiez l'indentation, les deux-points et les guillemets de cette ligne et de la précédente.",
    },
  };
}

const SECOND: { message: Text; remedy: Text } = {
  message: {
    en: 'A second YAML document begins here; it is not read, and Ansible refuses the file.',
    fr: "Un second document YAML commence ici ; il n'est pas lu, et Ansible refuse le fichier.",
  },
  remedy: { en: 'Remove this `---` line.', fr: 'Supprimez cette ligne « --- ».' },
};

const NO_MAP: { message: Text; remedy: Text } = {
  message: {
    en: 'This file holds something other than variables.',
    fr: 'Ce fichier contient autre chose que des variables.',
  },
  remedy: {
    en: 'Write `name: value` lines.',
    fr: 'Écrivez des lignes « nom: valeur ».',
  },
};
