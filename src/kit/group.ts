import { buildRouteMap } from '@stricli/core';
import { type Language, say, type Text } from '../base/messages/index.ts';
import { type Declared, examplesText } from './command.ts';

/**
 * A noun with its verbs, still without a language. `usual` is the verb of one who gives none; `hidden` are other words
 * for verbs, which no help tells of.
 */
export function group(
  brief: Text,
  verbs: Readonly<Record<string, Declared>>,
  usual?: string,
  hidden: Readonly<Record<string, Declared>> = {},
): Declared {
  const all = { ...verbs, ...hidden };
  const examples = Object.values(verbs).map(({ example }) => example);
  const declare = (language: Language) => {
    const words = say(brief, language);
    return buildRouteMap({
      ...(usual !== undefined && { defaultCommand: usual }),
      routes: Object.fromEntries(
        Object.entries(all).map(([name, declared]) => [name, declared(language)]),
      ),
      docs: {
        brief: words,
        fullDescription: [words, '', examplesText(examples, language)].join('\n'),
        hideRoute: Object.fromEntries(Object.keys(hidden).map((name) => [name, true])),
      },
    });
  };
  return Object.assign(declare, {
    example: examples[0] ?? NONE,
    onDaemon: (usual !== undefined && verbs[usual]?.onDaemon) || false,
    joinedBy: (more: Readonly<Record<string, Declared>>) =>
      group(brief, { ...verbs, ...more }, usual, hidden),
    words: {
      verbs: all,
      told: Object.keys(verbs),
      ...(usual !== undefined && { usual: verbs[usual] }),
    },
  });
}

const NONE = ['anklume --help', { en: 'all commands', fr: 'toutes les commandes' }] as const;
