import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CODE_PAGES, codesPage } from './gallery-codes.ts';

it.each(CODE_PAGES)(
  'B08-05: %s says what the codes mean now (npm run docs:gallery)',
  (path, language) => {
    expect(codesPage(language)).toBe(readFileSync(path, 'utf8'));
  },
);
