import { buildRouteMap } from '@stricli/core';
import { say, type Text } from '../../messages/index.ts';
import type { Declared } from './command.ts';

/** A noun with its verbs, still without a language. `usual` is the verb of one who gives none. */
export function group(
  brief: Text,
  verbs: Readonly<Record<string, Declared>>,
  usual?: string,
): Declared {
  return (language) =>
    buildRouteMap({
      ...(usual !== undefined && { defaultCommand: usual }),
      routes: Object.fromEntries(
        Object.entries(verbs).map(([name, declared]) => [name, declared(language)]),
      ),
      docs: { brief: say(brief, language) },
    });
}
