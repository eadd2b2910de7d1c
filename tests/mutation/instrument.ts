import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { ROOT, roomOf, sourcesOf } from './rooms.ts';

/** A change of one place of a source. */
export interface Mutant {
  readonly id: string;
  readonly file: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  readonly kind: string;
  readonly instead: string;
}

const silent = () => undefined;
const none = () => false;
const LOGGER = {
  ...{ isTraceEnabled: none, isDebugEnabled: none, isInfoEnabled: none, isWarnEnabled: none },
  ...{ isErrorEnabled: none, isFatalEnabled: none },
  ...{ trace: silent, debug: silent, info: silent, warn: silent, error: silent, fatal: silent },
};

/** No test reads a sentence word by word, and no harm comes of one. */
const SENTENCES = {
  shouldIgnore: (path: object) =>
    'node' in path && isSentence(path.node as Node) ? 'a sentence for people' : undefined,
};

interface Node {
  readonly type: string;
  readonly key?: { readonly name?: unknown };
  readonly properties?: readonly Node[];
}

/** `{ en: ..., fr: ... }`, and what stands in it. */
function isSentence({ type, key, properties }: Node): boolean {
  if (type === 'ObjectProperty') return key?.name === 'en' || key?.name === 'fr';
  return type === 'ObjectExpression' && properties?.length === 2 && properties.every(isSentence);
}

/** Each source of a room with all its mutants inside, asleep until one is named. */
export async function instrument(room: string) {
  const files = sourcesOf(roomOf(room)).map((path) => ({
    name: join(ROOT, path),
    mutate: true,
    content: readFileSync(join(ROOT, path), 'utf8'),
  }));
  const made = await new Instrumenter(LOGGER).instrument(files, {
    plugins: null,
    excludedMutations: [],
    ignorers: [SENTENCES],
  });
  const mutants: Mutant[] = made.mutants
    .filter(({ status }) => status !== 'Ignored')
    .map(({ id, fileName, location, mutatorName, replacement }) => ({
      id,
      file: fileName.slice(ROOT.length),
      line: location.start.line + 1,
      column: location.start.column + 1,
      kind: mutatorName,
      instead: replacement ?? '',
    }));
  return { code: new Map(made.files.map(({ name, content }) => [name, content])), mutants };
}
