import { resolve } from 'node:path';

/** What the words before the cursor already say about where a command works. */
export interface Typed {
  readonly directory?: string;
  readonly infra?: string;
  readonly socket?: string;
  readonly remote?: string;
  readonly sandbox?: string;
}

const NAMES: Readonly<Record<string, keyof Typed>> = {
  '-C': 'directory',
  '--directory': 'directory',
  '--infra': 'infra',
  '--socket': 'socket',
  '--remote': 'remote',
  '--sandbox': 'sandbox',
};
/** The sandbox that is meant where no name follows. */
const USUAL_SANDBOX = 'default';

/** Reads both spellings, `--flag=value` and `--flag value`. */
export function typedSoFar(words: readonly string[]): Typed {
  const typed: Partial<Record<keyof Typed, string>> = {};
  words.forEach((word, index) => {
    const [flag = '', ...rest] = word.split('=');
    const name = NAMES[flag];
    if (name === undefined) return;
    const next = words[index + 1];
    const follows = next !== undefined && !next.startsWith('-') ? next : undefined;
    const value = rest.length > 0 ? rest.join('=') : name === 'sandbox' ? USUAL_SANDBOX : follows;
    if (value) typed[name] = value;
  });
  return typed;
}

/** Where a command with these words would look for its project. */
export function placeOf(cwd: string, { directory, infra }: Typed) {
  return { cwd: resolve(cwd, directory ?? '.'), infra };
}
