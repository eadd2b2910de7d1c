import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('one kind of apostrophe stands in all that the product says', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((name) => join('src', name))
    .filter((name) => /(?<!\.test)\.ts$/.test(name));
  const curly = files.flatMap((name) =>
    readFileSync(name, 'utf8')
      .split('\n')
      .flatMap((line, at) => (/[\u2018\u2019]/.test(line) ? [`${name}:${at + 1}: ${line}`] : [])),
  );
  expect(curly).toEqual([]);
});
