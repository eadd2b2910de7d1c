import { WHEN_ALONE } from './flags.ts';

/** What is known of the commands and of this machine while their words are put in order. */
export interface KnownWords {
  /** Whether `next` may be a word of the command that a line without its flags names. */
  mayTake(line: readonly string[], next: string): boolean;
  isSandbox(name: string): boolean;
}

/**
 * Puts the words of a command line in the order and form that the parser knows:
 * flags in front of the command go behind it, and a flag whose value is optional gets the one that it has alone.
 *
 * An optional value needs `=`. A word right after `--sandbox` counts as its value only where it can be nothing else
 * (the command takes no such word), or where a sandbox of that name exists: in `snapshot create --sandbox a1`
 * the word is a machine.
 */
export function normaliseArgv(argv: readonly string[], known: KnownWords): string[] {
  const { leading, rest } = splitLeading(argv);
  const { before, after } = splitDashes(rest);
  const command = before.filter((word) => !word.startsWith('-'));
  const named = joined(before, (value) => known.isSandbox(value) || !known.mayTake(command, value));
  return [...[...named, ...leading].map(completed), ...after];
}

/** Joins a flag whose value is optional with the word after it, where that is its value. */
function joined(words: readonly string[], isValue: (word: string) => boolean): string[] {
  const out: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const next = words[at + 1];
    const takes =
      at > 0 && word in WHEN_ALONE && next !== undefined && !next.startsWith('-') && isValue(next);
    out.push(takes ? `${word}=${next}` : word);
    if (takes) at += 1;
  }
  return out;
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

/**
 * A command line that passes another command on, with the `--` that it lacks: undefined where there is one, or nothing
 * to pass on. `at` is where that command begins.
 */
export function withDashes(argv: readonly string[], at: number | undefined): string | undefined {
  if (at === undefined || argv.includes('--') || argv.length <= at) return undefined;
  return ['anklume', ...argv.slice(0, at), '--', ...argv.slice(at)].map(asTyped).join(' ');
}

/** A word as a shell takes it for itself. */
export function asTyped(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
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
