import { type Document, Lexer, LineCounter, parseDocument } from 'yaml';
import type { Place, Problem, Text } from '../../base/messages/index.ts';
import { Aliases } from './aliases.ts';
import type { Path, Placer } from './finding.ts';
import { nodeAt } from './node-at.ts';
import { plainValue } from './plain-value.ts';
import { explainYamlError, TOO_DEEP } from './yaml-errors.ts';

/** One YAML text, read: its plain value, what is wrong with it, and where its paths stand. */
export interface ReadDocument {
  /** Undefined when the text could not be read at all. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  readonly placer: Placer;
}

/** Unbalanced opening brackets from which the parser would need seconds; no person nests this deep. */
const DEEPEST = 200;

/** Keys and values of one file: the parser takes seconds for more, and no file of a person has them. */
const MOST_SCALARS = 100_000;

/** A source line longer than this is not shown under a message. */
const LONGEST_SHOWN_LINE = 300;

/** Reads one YAML text. Everything wrong with it becomes a placed problem; nothing is thrown. */
export function readDocument(file: string, text: string): ReadDocument {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => positionOf(file, text, lines, offset);
  const refuse = (code: string, offset: number, message: Text, remedy?: Text): ReadDocument => ({
    value: undefined,
    problems: [
      {
        code,
        severity: 'error',
        path: [],
        place: placeAt(offset),
        message,
        ...(remedy && { remedy }),
      },
    ],
    placer: () => placeAt(0),
  });

  indexLines(text, lines);
  const nul = text.search(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
  if (nul >= 0)
    return refuse(
      'binary-file',
      nul,
      {
        en: 'This file holds control characters: it is not a text file.',
        fr: "Ce fichier contient des caractères de contrôle : ce n'est pas un fichier texte.",
      },
      { en: 'Save it as plain UTF-8 text.', fr: 'Enregistrez-le en texte UTF-8 simple.' },
    );
  const deep = tooDeepAt(text);
  if (deep !== undefined) return refuse('too-deep', deep, TOO_DEEP.message, TOO_DEEP.remedy);
  if (hasTooMany(text))
    return refuse(
      'too-many-values',
      0,
      {
        en: `This file holds more than ${MOST_SCALARS} keys and values.`,
        fr: `Ce fichier contient plus de ${MOST_SCALARS} clés et valeurs.`,
      },
      {
        en: 'Check that it is the right file; split a large world into infra/domains/*.yml.',
        fr: "Vérifiez que c'est le bon fichier ; répartissez un grand monde dans infra/domains/*.yml.",
      },
    );

  let document: Document;
  try {
    // YAML 1.1, as the Python readers of existing files understood it: `yes` is true. Duplicate keys are found
    // by our own walk, which names both places.
    document = parseDocument(text, {
      version: '1.1',
      uniqueKeys: false,
      merge: true,
      prettyErrors: false,
      stringKeys: false,
      logLevel: 'error',
    });
  } catch {
    return refuse('unreadable-yaml', 0, {
      en: 'This file cannot be read as YAML.',
      fr: 'Ce fichier ne peut pas être lu comme du YAML.',
    });
  }
  const failures = [...document.errors, ...document.warnings];
  if (failures.length > 0)
    return {
      value: undefined,
      problems: failures
        .slice(0, 20)
        .map((failure) => explainYamlError(failure, text, placeAt(failure.pos[0]))),
      placer: () => placeAt(0),
    };
  const aliases = new Aliases(document);
  const { value, problems } = plainValue(document, aliases, placeAt);
  return {
    value,
    problems,
    placer: (path: Path) => placeAt(nodeAt(document, aliases, path)),
  };
}

function indexLines(text: string, lines: LineCounter): void {
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1))
    lines.addNewLine(at + 1);
}

function positionOf(file: string, text: string, lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(Math.min(offset, text.length));
  const start = lines.lineStarts[line - 1] ?? 0;
  const end = text.indexOf('\n', start);
  const source = text.slice(start, end < 0 ? undefined : end).replace(/\r$/, '');
  return {
    file,
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    ...(source.length > 0 && source.length <= LONGEST_SHOWN_LINE && { source }),
  };
}

/** Counted by the reader of words alone, which is quick. What is empty has a separator at least. */
function hasTooMany(text: string): boolean {
  // None is shorter than a letter and what ends it.
  if (text.length < MOST_SCALARS) return false;
  let scalars = 0;
  let separators = 0;
  for (const word of new Lexer().lex(text)) {
    if (word === SCALAR || word.startsWith('"') || word.startsWith("'")) scalars++;
    else if (word === ',' || word === '-' || word === '*' || word === '?' || word === ':')
      separators++;
    if (scalars > MOST_SCALARS || separators > MOST_SCALARS) return true;
  }
  return false;
}

/** What the reader of words puts before each plain text, and before none in quotes. */
const SCALAR = '\x1f';

/** The offset where nesting passes the limit, counted roughly: quotes and comments are not looked at. */
function tooDeepAt(text: string): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (c === '[' || c === '{') depth++;
    else if ((c === ']' || c === '}') && depth > 0) depth--;
    if (depth > DEEPEST) return at;
  }
  const dashes = text.search(new RegExp(`(?:[-?:][ \\t]+){${DEEPEST}}`));
  return dashes < 0 ? undefined : dashes;
}
