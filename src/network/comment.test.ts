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
