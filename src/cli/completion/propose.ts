import { proposeCompletions } from '@stricli/core';
import type { Language } from '../../messages/index.ts';
import { buildApp } from '../app.ts';
import type { CliContext } from '../frame/context.ts';

/**
 * What could stand for the last of `words`: a word and its description on each line.
 * Flags are proposed to those who typed a dash.
 */
export async function proposeLines(
  words: readonly string[],
  language: Language,
  around: Pick<CliContext, 'env' | 'cwd' | 'process'>,
): Promise<string> {
  const context: CliContext = { ...around, carryOut: async () => {} };
  const answers = await proposeCompletions(buildApp(language, true), [...words], context);
  const asksForFlags = words.at(-1)?.startsWith('-') ?? false;
  const wanted = answers.filter(({ completion }) => completion.startsWith('-') === asksForFlags);
  return wanted.map(({ completion, brief }) => `${completion}\t${brief}\n`).join('');
}
