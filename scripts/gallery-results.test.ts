import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RESULTS_SCHEMA, resultsText } from './gallery-results.ts';

/** Reads all types of the product: seconds on an idle machine. */
const LONG = 300_000;

it('the schema of what --json prints is that of the types (npm run docs:gallery)', {
  timeout: LONG,
}, () => {
  expect(resultsText()).toBe(readFileSync(RESULTS_SCHEMA, 'utf8'));
});
