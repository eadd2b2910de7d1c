import {
  AliasNotFoundError,
  type ApplicationText,
  ArgumentParseError,
  ArgumentScannerError,
  EnumValidationError,
  FlagNotFoundError,
  InvalidNegatedFlagSyntaxError,
  UnexpectedFlagError,
  UnexpectedPositionalError,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
} from '@stricli/core';
import { type Language, say, type Text } from '../base/messages/index.ts';
import { kebab, printable } from '../base/system/index.ts';
import { type Noun, unknownCommand, unknownVerb } from './unknown-command.ts';

/** Every sentence that the parser itself can say. */
export function parserTexts(language: Language, noun?: Noun): ApplicationText {
  const t = (en: string, fr: string) => say({ en, fr }, language);
  const broken = (error: unknown) =>
    `${t('Internal error:', 'Erreur interne :')} ${wordsOf(error)}`;
  return {
    headers: {
      usage: t('USAGE', 'UTILISATION'),
      aliases: t('ALIASES', 'ALIAS'),
      commands: t('COMMANDS', 'COMMANDES'),
      flags: t('FLAGS', 'OPTIONS'),
      arguments: t('ARGUMENTS', 'ARGUMENTS'),
    },
    keywords: {
      default: t('default =', 'par défaut ='),
      separator: t('separator =', 'séparateur ='),
    },
    briefs: {
      help: t('Show this help', 'Afficher cette aide'),
      helpAll: t(
        'Show this help with hidden commands',
        'Afficher cette aide avec les commandes cachées',
      ),
      version: t('Show the version', 'Afficher la version'),
      argumentEscapeSequence: t(
        'Everything after it is an argument',
        'Tout ce qui suit est un argument',
      ),
    },
    noCommandRegisteredForInput: ({ input, corrections }) => {
      const sentence = noun
        ? unknownVerb(noun, shown(input), corrections)
        : unknownCommand(shown(input), corrections);
      const page = noun ? `anklume ${noun.name} --help` : 'anklume --help';
      return `${say(sentence, language)}\n${t(`See '${page}'.`, `Voir « ${page} ».`)}`;
    },
    noTextAvailableForLocale: ({ requestedLocale }) => requestedLocale,
    exceptionWhileParsingArguments: (error) =>
      error instanceof ArgumentScannerError ? say(explainScan(error), language) : broken(error),
    exceptionWhileLoadingCommandFunction: broken,
    exceptionWhileLoadingCommandContext: broken,
    exceptionWhileRunningCommand: broken,
    exceptionWhileRunningIntegrationHook: ({ exception }) => broken(exception),
    exceptionWhileRunningIntegrationFlag: ({ exception }) => broken(exception),
    commandErrorResult: (error) => error.message,
    currentVersionIsNotLatest: ({ latestVersion }) => latestVersion,
  };
}

/** The sentence for each way in which arguments can be wrong. */
function explainScan(error: ArgumentScannerError): Text {
  if (error instanceof FlagNotFoundError)
    return withSuggestions(
      quoteText('No flag', 'Aucune option', `--${error.input}`),
      error.corrections.map((name) => `--${kebab(name.replace(/^--/, ''))}`),
    );
  if (error instanceof AliasNotFoundError)
    return {
      en: `No flag '-${shown(error.input)}'.`,
      fr: `Aucune option « -${shown(error.input)} ».`,
    };
  if (error instanceof ArgumentParseError)
    return {
      en: `${error.externalFlagNameOrPlaceholder}: '${shown(error.input)}': ${wordsOf(error.exception)}.`,
      fr: `${error.externalFlagNameOrPlaceholder} : « ${shown(error.input)} » : ${wordsOf(error.exception)}.`,
    };
  if (error instanceof EnumValidationError)
    return {
      en: `--${error.externalFlagName}: expected one of ${error.values.join(', ')}, got '${shown(error.input)}'.`,
      fr: `--${error.externalFlagName} : valeurs possibles ${error.values.join(', ')}, reçu « ${shown(error.input)} ».`,
    };
  if (error instanceof UnsatisfiedFlagError)
    return {
      en: `--${error.externalFlagName} needs a value.`,
      fr: `--${error.externalFlagName} attend une valeur.`,
    };
  if (error instanceof UnexpectedPositionalError)
    return {
      en: `Too many arguments: expected at most ${error.expectedCount}, got '${shown(error.input)}'.`,
      fr: `Trop d'arguments : ${error.expectedCount} au plus, reçu « ${shown(error.input)} ».`,
    };
  if (error instanceof UnsatisfiedPositionalError)
    return {
      en: `The argument ${error.placeholder} is missing.`,
      fr: `L'argument ${error.placeholder} manque.`,
    };
  if (error instanceof UnexpectedFlagError)
    return {
      en: `--${error.externalFlagName} is given twice: '${shown(error.previousInput)}' and '${shown(error.input)}'.`,
      fr: `--${error.externalFlagName} est donné deux fois : « ${shown(error.previousInput)} » et « ${shown(error.input)} ».`,
    };
  if (error instanceof InvalidNegatedFlagSyntaxError)
    return {
      en: `--${error.externalFlagName} takes no value.`,
      fr: `--${error.externalFlagName} ne prend pas de valeur.`,
    };
  return { en: wordsOf(error), fr: wordsOf(error) };
}

function quoteText(en: string, fr: string, input: string): Text {
  return { en: `${en} '${shown(input)}'`, fr: `${fr} « ${shown(input)} »` };
}

function withSuggestions(sentence: Text, corrections: readonly string[]): Text {
  const plain = corrections.map((name) => name.replaceAll('`', ''));
  if (plain.length === 0) return { en: `${sentence.en}.`, fr: `${sentence.fr}.` };
  return {
    en: `${sentence.en}: did you mean '${plain.join("' or '")}'?`,
    fr: `${sentence.fr} : vouliez-vous dire « ${plain.join(' » ou « ')} » ?`,
  };
}

function shown(untrustedInput: string): string {
  return printable(untrustedInput).replaceAll('\n', '\\n').slice(0, 200);
}

function wordsOf(error: unknown): string {
  return printable(error instanceof Error ? error.message : String(error));
}
