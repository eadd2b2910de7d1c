import { expect, it } from 'vitest';
import { badAnswer, lost, refused } from './errors.ts';
import { doing, quoted } from './words.ts';

it('names what was to be done to what, in both languages', () => {
  const what = doing('import', 'image', 'a\u001bb');
  expect(what).toEqual({ en: "import the image 'a\\x1bb'", fr: "importer l'image « a\\x1bb »" });
  expect(refused(what, 500, 'no space').text).toEqual({
    en: "Incus could not import the image 'a\\x1bb': no space",
    fr: "Incus n'a pas pu importer l'image « a\\x1bb » : no space",
  });
  expect(
    badAnswer(what, 200, false, { en: 'it is odd', fr: 'elle est étrange' }).text.fr,
  ).toContain("la demande d'importer l'image");
  expect(lost(what, true, { en: 'it left', fr: 'il est parti' }).text.en).toBe(
    "Incus was asked to import the image 'a\\x1bb', but it left: it may have happened or not.",
  );
});

it('keeps the words of the daemon on one short line', () => {
  expect(quoted(' one\n  two\t\u0000 ')).toBe('one two \\x00');
  expect(quoted('x'.repeat(1e6)).length).toBeLessThan(1100);
});
