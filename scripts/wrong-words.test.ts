import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { messagesOf, wrongWordsIn } from './wrong-words.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SRC = join(ROOT, 'src');

it('no message uses a word for which there is another', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?<!\.(test|fixture|test-kit))\.ts$/.test(name),
  );
  const messages = files.flatMap((name) =>
    messagesOf(readFileSync(join(SRC, name), 'utf8')).map((one) => ({ name, ...one })),
  );
  // A check that reads nothing passes everything.
  expect(messages.length).toBeGreaterThan(2000);
  const faults = messages.flatMap(({ name, line, language, text }) =>
    wrongWordsIn(text, language).map((fault) => `${name}:${line} ${fault}`),
  );
  expect(faults).toEqual([]);
});

/** Where the picture of a wall introduces what the rest of the page has its own word for. */
const PICTURES = [/nftables/, /kernel|noyau/];

it('no page does, but for the picture in the README', () => {
  const pages = [
    ...['README.md', 'README_FR.md', 'CONTRIBUTING.md', 'CONTRIBUTING_FR.md'],
    ...readdirSync(join(ROOT, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join('docs', name)),
  ];
  const faults = pages.flatMap((page) =>
    prose(readFileSync(join(ROOT, page), 'utf8')).flatMap(({ line, text }) => {
      const isPicture = page.startsWith('README') && PICTURES.some((one) => one.test(text));
      const found = wrongWordsIn(text, page.endsWith('_FR.md') ? 'fr' : 'en');
      return isPicture ? [] : found.map((fault) => `${page}:${line} ${fault}`);
    }),
  );
  expect(pages.length).toBeGreaterThan(50);
  expect(faults).toEqual([]);
});

/** The lines of a page without blocks and words of code. */
function prose(page: string): { line: number; text: string }[] {
  let isCode = false;
  return page.split('\n').flatMap((text, at) => {
    if (text.startsWith('```')) isCode = !isCode;
    return isCode ? [] : [{ line: at + 1, text: text.replace(/`[^`]*`/g, '') }];
  });
}

it('finds them in both halves of a pair, also beside what a template puts in', () => {
  const gone = ['en: `', '{x} is gone.`'].join('$');
  const source = `const a = { ${gone}, fr: 'Les murs' }; const b = { en: 'walls' };`;
  const found = messagesOf(source).map(({ line, language, text }) => [
    line,
    language,
    wrongWordsIn(text, language).length,
  ]);
  expect(found).toEqual([
    [1, 'en', 1],
    [1, 'fr', 1],
  ]);
});

it.each([
  ['There is no machine of that name.', 0],
  ['It is no longer there.', 0],
  ["'x' is no protocol.", 1],
  ['The card is a GPU.', 0],
  ['Its network card', 1],
  ['A wallet', 0],
])('%s', (text, count) => {
  expect(wrongWordsIn(text, 'en')).toHaveLength(count);
});
