import { WHEN_ALONE } from './flags.ts';

/**
 * Puts the words of a command line in the order and form that the parser knows:
 * flags in front of the command go behind it, and a flag whose value is optional gets the one that it has alone.
 *
 * An optional value needs `=`: the word after `--sandbox` is the command's own, wherever it stands.
 */
export function normaliseArgv(argv: readonly string[]): string[] {
  const { leading, rest } = splitLeading(argv);
  const { before, after } = splitDashes(rest);
  return [...[...before, ...leading].map(completed), ...after];
}

/** A flag whose value is optional, and the word right after it, which may have been meant for that value. */
export function doubtfulValue(
  argv: readonly string[],
): { readonly flag: string; readonly value: string } | undefined {
  const { before } = splitDashes(argv);
  for (const [at, flag] of before.entries()) {
    const value = before[at + 1];
    if (flag in WHEN_ALONE && value !== undefined && !value.startsWith('-')) return { flag, value };
  }
  return undefined;
}

/** Flags that take a word of their own, so that the word is not read as the command. */
const WITH_VALUE = new Set(['-C', '--directory', '--infra', '--socket', '--remote']);
/** Asked of the program itself rather than of a command. */
const STAY_IN_FRONT = new Set(['--help', '-h', '--version', '-V', '--help-all']);

function splitLeading(argv: readonly string[]): { leading: string[]; rest: string[] } {
  const leading: string[] = [];
  let at = 0;
  for (; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (!word.startsWith('-') || word === '--' || STAY_IN_FRONT.has(word)) break;
    leading.push(word);
    const value = argv[at + 1];
    if (WITH_VALUE.has(word) && value !== undefined) {
      leading.push(value);
      at += 1;
    }
  }
  return { leading, rest: argv.slice(at) };
}

function splitDashes(argv: readonly string[]) {
  const stop = argv.indexOf('--');
  return stop === -1
    ? { before: argv, after: [] }
    : { before: argv.slice(0, stop), after: argv.slice(stop) };
}

function completed(word: string): string {
  const flag = word.replace(/=$/, '');
  const alone = WHEN_ALONE[flag];
  return alone === undefined ? word : `${flag}=${alone}`;
}
