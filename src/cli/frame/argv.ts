/**
 * Puts the words of a command line in the order and form that the parser knows:
 * flags in front of the command go behind it, and `--sandbox` gets its name, or the name `default`.
 *
 * The rule for `--sandbox`: `--sandbox=NAME` always names it. Behind the command, the next word is the name
 * unless it begins with `-` or is a phase of apply. In front of the command a name needs `=`.
 */
export function normaliseArgv(argv: readonly string[]): string[] {
  const { leading, rest } = splitLeading(argv);
  const stop = rest.indexOf('--');
  const before = stop === -1 ? rest : rest.slice(0, stop);
  const after = stop === -1 ? [] : rest.slice(stop);
  return [...nameSandbox([...before, ...leading]), ...after];
}

/** Flags that take a word of their own, so that the word is not read as the command. */
const WITH_VALUE = new Set(['-C', '--directory', '--infra', '--socket', '--remote']);
/** Asked of the program itself rather than of a command. */
const STAY_IN_FRONT = new Set(['--help', '-h', '--version', '--help-all']);
const PHASES = new Set(['infra', 'provision']);

function splitLeading(argv: readonly string[]): { leading: string[]; rest: string[] } {
  const leading: string[] = [];
  let at = 0;
  for (; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (!word.startsWith('-') || word === '--' || STAY_IN_FRONT.has(word)) break;
    const value = argv[at + 1];
    if (word === '--sandbox') leading.push('--sandbox=default');
    else if (WITH_VALUE.has(word) && value !== undefined) {
      leading.push(word, value);
      at += 1;
    } else leading.push(word);
  }
  return { leading, rest: argv.slice(at) };
}

function nameSandbox(words: readonly string[]): string[] {
  const out: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const next = words[at + 1];
    if (word === '--sandbox=') out.push('--sandbox=default');
    else if (word !== '--sandbox') out.push(word);
    else if (next === undefined || next.startsWith('-') || PHASES.has(next))
      out.push('--sandbox=default');
    else {
      out.push(`--sandbox=${next}`);
      at += 1;
    }
  }
  return out;
}
