import type { Language } from './text.ts';

/**
 * The language to speak, by the usual precedence: ANKLUME_LANG, then LC_ALL, LC_MESSAGES, LANG.
 * Anything that is not French is English.
 */
export function chooseLanguage(env: Readonly<Record<string, string | undefined>>): Language {
  const wanted = env.ANKLUME_LANG || env.LC_ALL || env.LC_MESSAGES || env.LANG || 'en';
  return /^fr([_.-]|$)/i.test(wanted) ? 'fr' : 'en';
}
