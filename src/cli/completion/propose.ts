import { proposeCompletions } from '@stricli/core';
import type { Language } from '../../base/messages/index.ts';
import type { CliContext } from '../../kit/context.ts';
import { buildApp } from '../app.ts';

/**
 * What could stand for the last of `words`: a word and its description on each line.
 * Flags are proposed to those who typed a dash.
 */
export async function proposeLines(
  words: readonly string[],
  language: Language,
  around: Pick<CliContext, 'env' | 'cwd' | 'process'>,
): Promise<string> {
  const context: CliContext = { ...around, typed: words, carryOut: async () => {} };
  const propose = (typed: readonly string[]) =>
    proposeCompletions(buildApp(language, true), [...typed], context);
  const last = words.at(-1) ?? '';
  // The parser takes a flag and its value apart: `--flag=val` is asked for as two words, and put together again.
  const [flag, value] = [last.slice(0, last.indexOf('=')), last.slice(last.indexOf('=') + 1)];
  if (last.startsWith('--') && last.includes('=')) {
    const values = await propose([...words.slice(0, -1), flag, value]);
    const own = values.filter(({ completion }) => !completion.startsWith('-'));
    return lines(own.map((one) => ({ ...one, completion: `${flag}=${one.completion}` })));
  }
  const answers = await propose(words);
  const asksForFlags = last.startsWith('-');
  return lines(answers.filter(({ completion }) => completion.startsWith('-') === asksForFlags));
}

function lines(
  answers: readonly { readonly completion: string; readonly brief: string }[],
): string {
  return answers.map(({ completion, brief }) => `${completion}\t${brief}\n`).join('');
}
