import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { dropReason } from './drop-reasons.ts';

it('every reason that the rules give is told in French too', () => {
  const rules = readFileSync(
    new URL('../../../isolation/rules/__snapshots__/ruleset.test.ts.snap', import.meta.url),
    'utf8',
  );
  const reasons = new Set(
    [...rules.matchAll(/drop comment "([^"]*)"/g)].map(([, comment]) => comment ?? ''),
  );
  expect(reasons.size).toBeGreaterThan(8);
  expect([...reasons].filter((reason) => dropReason(reason).fr === reason)).toEqual([]);
});

it('a comment of somebody else is shown as it is, with nothing that acts on the terminal', () => {
  expect(dropReason('__proto__').fr).toBe('__proto__');
  expect(dropReason('\u001b[2Jx').fr).toBe('\\x1b[2Jx');
});
