import { AnklumeError, ExitCode } from '../base/messages/index.ts';

/** The number that a flag was given; nothing without one. Throws `not-a-number` (exit 2). */
export function wholeNumber(flag: string, word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  if (/^\d{1,9}$/.test(word)) return Number(word);
  const shown = JSON.stringify(word.slice(0, 40));
  throw new AnklumeError({
    code: 'not-a-number',
    exit: ExitCode.usage,
    message: {
      en: `${flag} takes a whole number, not ${shown}.`,
      fr: `${flag} attend un nombre entier, pas ${shown}.`,
    },
  });
}
