import { type Language, say, type Text } from '../base/messages/index.ts';

/** The sentence in the reader's language, with French spacing: no line breaks before « : », « ; » or inside quotes. */
export function typeset(text: Text, language: Language): string {
  const words = say(text, language);
  if (language !== 'fr') return words;
  return words.replace(/« /g, '«\u00a0').replace(/ (»|:(?= |$)|;|\?|!|%)/gm, '\u00a0$1');
}
