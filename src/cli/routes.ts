import { buildRouteMap, type RouteMap } from '@stricli/core';
import { type Language, say } from '../messages/index.ts';
import { completion } from './commands/completion.ts';
import { dev } from './commands/dev.ts';
import { init } from './commands/init.ts';
import { sandbox } from './commands/sandbox.ts';
import type { CliContext } from './frame/context.ts';

/** The table of commands. Corridor first, then the nouns. */
export function routes(language: Language): RouteMap<CliContext> {
  return buildRouteMap({
    routes: {
      init: init(language),
      sandbox: sandbox(language),
      completion: completion(language),
      dev: dev(language),
    },
    docs: {
      brief: say(
        {
          en: 'Compartments for any Linux machine, from one YAML file, with proof',
          fr: "Des compartiments pour toute machine Linux, à partir d'un seul fichier YAML, avec preuve",
        },
        language,
      ),
    },
  });
}
