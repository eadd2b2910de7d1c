import { CODES, type Places, type RuleCode } from './codes.ts';

/** The comment of a rule: its code, and behind it what it means or, of a policy, the words of the file. */
export function commentOf(one: RuleCode, words: string = CODES[one].text.en): string {
  return `${one}: ${words}`;
}

/** The code that a comment begins with; undefined where it has none that we know, as those of earlier versions. */
export function codeIn(untrustedComment: string): RuleCode | undefined {
  const [, word = ''] = /^([a-z0-9-]+): /.exec(untrustedComment) ?? [];
  return Object.hasOwn(CODES, word) ? (word as RuleCode) : undefined;
}

/** The same of a rule in a chain of ours: a code that cannot stand there is none, whoever wrote it. */
export function codeAt(
  table: keyof Places,
  untrustedChain: string,
  untrustedComment: string,
): RuleCode | undefined {
  const found = codeIn(untrustedComment);
  const chain = untrustedChain.replace(/\/.*$/s, '/*');
  return found && CODES[found].places[table]?.split(' ').includes(chain) ? found : undefined;
}
