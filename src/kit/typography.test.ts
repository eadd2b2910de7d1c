import { describe, expect, it } from 'vitest';
import { typeset } from './typography.ts';

describe('typeset', () => {
  const text = { en: "Say 'yes': now!", fr: 'Dites « oui » : maintenant ! 10.0.0.1:22' };

  it('keeps French punctuation on the line of its word, and leaves addresses alone', () => {
    expect(typeset(text, 'fr')).toBe(
      'Dites «\u00a0oui\u00a0»\u00a0: maintenant\u00a0! 10.0.0.1:22',
    );
  });

  it('leaves English as it is', () => {
    expect(typeset(text, 'en')).toBe(text.en);
  });
});
