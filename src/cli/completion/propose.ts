import { type Command, proposeCompletions, type RouteMap } from '@stricli/core';
import type { Language } from '../../base/messages/index.ts';
import { kebab } from '../../base/system/index.ts';
import type { CliContext } from '../../kit/context.ts';
import { buildApp } from '../app.ts';
import { routes } from '../routes.ts';

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
  const { verbs, hidden } = beyondParser(words, language);
  const answers = [...verbs, ...(await propose(words))];
  const asksForFlags = last.startsWith('-');
  const wanted = answers.filter(({ completion }) => completion.startsWith('-') === asksForFlags);
  return lines(wanted.filter(({ completion }) => !hidden.has(completion)));
}

/** What the parser leaves out: the verbs of a noun that has a usual one, and which flags no help tells of. */
function beyondParser(words: readonly string[], language: Language) {
  let at: Command<CliContext> | RouteMap<CliContext> = routes(language);
  for (const word of words.slice(0, -1)) {
    const entries: Entries = 'getAllEntries' in at ? at.getAllEntries() : [];
    const next = entries.find(({ name }) => name['convert-camel-to-kebab'] === word);
    if (!next) return { verbs: [], hidden: hiddenFlags(at) };
    at = next.target;
  }
  if (!('getAllEntries' in at)) return { verbs: [], hidden: hiddenFlags(at) };
  const usual = at.getDefaultCommand();
  const verbs = usual ? at.getAllEntries().filter((entry) => !entry.hidden) : [];
  const proposed = verbs
    .map(({ name, target }) => ({
      completion: name['convert-camel-to-kebab'],
      brief: target.brief,
    }))
    .filter(({ completion }) => completion.startsWith(words.at(-1) ?? ''));
  return { verbs: proposed, hidden: hiddenFlags(usual) };
}

type Entries = ReturnType<RouteMap<CliContext>['getAllEntries']>;

function hiddenFlags(at: Command<CliContext> | RouteMap<CliContext> | undefined) {
  const flags = at && 'parameters' in at ? Object.entries(at.parameters.flags ?? {}) : [];
  return new Set(flags.filter(([, flag]) => flag.hidden).map(([name]) => `--${kebab(name)}`));
}

function lines(
  answers: readonly { readonly completion: string; readonly brief: string }[],
): string {
  return answers.map(({ completion, brief }) => `${completion}\t${brief}\n`).join('');
}
