import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { nftComment } from './comment.ts';

it('keeps words in any language', () => {
  expect(nftComment("L'équipe réseau: accès (TCP) à 100%")).toBe(
    "L'équipe réseau: accès (TCP) à 100%",
  );
});

test.prop([fc.string({ unit: 'binary', maxLength: 400 })], { numRuns: 2000, seed: 3 })(
  'fits the kernel and leaves its quotes, whatever a description holds',
  (words) => {
    const comment = nftComment(words);
    expect(Buffer.byteLength(comment)).toBeLessThanOrEqual(127);
    expect(comment).not.toMatch(/["\\\n\r\u0000-\u001f]/);
  },
);

it.each([
  ['a"b\\c\n\td', 'a b c d'],
  ['  around   and  within  ', 'around and within'],
  ['e\u0301', '\u00e9'],
  ['$(x)`y`', '(x) y'],
  ['x'.repeat(127), 'x'.repeat(127)],
  ['x'.repeat(128), 'x'.repeat(127)],
  ['é'.repeat(64), 'é'.repeat(63)],
  [`${'x'.repeat(126)} y`, 'x'.repeat(126)],
])('%j is told as %j', (words, comment) => {
  expect(nftComment(words)).toBe(comment);
});
