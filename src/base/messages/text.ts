/**
 * A sentence in every language the product speaks. Both are required by the type,
 * so a missing French text is a compile error, not a surprise for a reader.
 */
export interface Text {
  readonly en: string;
  readonly fr: string;
}

export type Language = keyof Text;

/** The sentence of `text` in `language`. */
export function say(text: Text, language: Language): string {
  return text[language];
}

/** The same words in every language: names, commands, addresses. */
export function verbatim(words: string): Text {
  return { en: words, fr: words };
}
