import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/**
 * Set by the build: the file beside the entry that holds everything else, in ASCII. Its name carries a hash of its
 * content.
 */
declare const PROGRAM_FILE: string;

type Exports = Pick<typeof import('./start.ts'), 'start' | 'commandWords'>;

export interface Program {
  readonly start: Exports['start'];
  /** Keeps what V8 compiled during this run for the next one, where nothing was kept before. */
  keepCode(): void;
}

/**
 * Loads the program, together with the machine code that V8 made of it last time. Compiling is a third of the time
 * of a short command; Node 20 has no module.enableCompileCache(). The kept code lies beside the program and not in
 * a shared folder: it runs with the rights of whoever starts us. V8 refuses code of another version by itself.
 *
 * @param argv the words of the command: which functions were compiled depends on it
 */
export function loadProgram(argv: readonly string[]): Program {
  const filename = join(import.meta.dirname, PROGRAM_FILE);
  const fileOf = (words: readonly string[]) => `${filename}.${codeName(words)}`;
  const cachedData = candidates(argv)
    .map(fileOf)
    .reduce<Buffer | undefined>((found, file) => found ?? readIfThere(file), undefined);
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, 'latin1')}\n})`;
  const script = new Script(source, { filename, ...(cachedData && { cachedData }) });
  const module = { exports: {} as Exports };
  const wrapped = script.runInThisContext() as (...names: unknown[]) => void;
  wrapped(module.exports, createRequire(filename), module, filename, dirname(filename));
  const { start, commandWords } = module.exports;
  return {
    start,
    keepCode() {
      if (!cachedData || script.cachedDataRejected)
        keep(fileOf(commandWords(argv)), script.createCachedData());
    },
  };
}

/** The words of a command are such words; anything else might be a name, and each would make a file. */
const PLAIN = /^[a-z]{1,20}$/;

/** What the words may name: a noun and its verb, else a command of one word; which it is, only the table knows. */
function candidates(argv: readonly string[]): (readonly string[])[] {
  const plain = argv.slice(0, 2).map((word) => PLAIN.test(word));
  if (!plain[0]) return [[]];
  return plain[1] ? [argv.slice(0, 2), argv.slice(0, 1)] : [argv.slice(0, 1)];
}

/** V8's version is in it so that two versions of Node do not take turns. */
function codeName(words: readonly string[]): string {
  const name = words.length > 0 && words.every((word) => PLAIN.test(word)) ? words : ['other'];
  return `${process.versions.v8.replace(/[^\w.]/g, '')}.${name.join('-')}.code`;
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Where the folder may not be written, every run compiles anew. */
function keep(path: string, code: Buffer): void {
  const fresh = `${path}.${process.pid}`;
  try {
    writeFileSync(fresh, code, { mode: 0o644 });
    renameSync(fresh, path);
  } catch {
    rmSync(fresh, { force: true });
  }
}
