import { buildApplication, help, version } from '@stricli/core';
import manifest from '../../package.json' with { type: 'json' };
import type { Language } from '../base/messages/index.ts';
import type { CliContext } from '../kit/context.ts';
import { parserTexts } from '../kit/parser-texts.ts';
import { routes, verbsOf } from './routes.ts';

/** The command tree in one language, as the parser wants it; with the first word, the part that it names. */
export function buildApp(
  language: Language,
  plain: boolean,
  first?: string,
  showsHidden?: boolean,
) {
  const formatting = {
    useAliasInUsageLine: false,
    onlyRequiredInUsageLine: true,
    caseStyle: 'convert-camel-to-kebab',
  } as const;
  const verbs = verbsOf(first);
  const texts = parserTexts(language, first && verbs ? { name: first, verbs } : undefined);
  return buildApplication<CliContext>(
    routes(language, first, showsHidden),
    {
      name: 'anklume',
      scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
      documentation: { disableAnsiColor: plain },
      localization: { text: texts },
    },
    {
      help: help({
        brief: texts.briefs.help,
        defaultForRouteMap: true,
        complete: true,
        formatting,
      }),
      version: version({
        brief: texts.briefs.version,
        alias: false,
        info: { currentVersion: manifest.version },
      }),
    },
  );
}
