import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productRoot, run } from '../../../src/base/system/index.ts';
import { BUGS } from '../../seeded/bugs.ts';

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const root = productRoot();
let folder = '';
let report: Report;

/** One run for all bugs: each is in a project of its own, and there alone. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-seeded-'));
  const file = join(folder, 'report.json');
  const config = join(root, 'tests/seeded/vitest.config.ts');
  const words = ['--config', config, '-t', 'P18b-04', '--reporter=json', '--outputFile', file];
  await run([join(root, 'node_modules/.bin/vitest'), 'run', ...words], {
    cwd: root,
    // Each of them fails, as it should.
    accept: [1],
    timeout: 600_000,
  });
  report = JSON.parse(await readFile(file, 'utf8')) as Report;
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('P18b-04: a bug in the source is found', () => {
  it.each(BUGS.map((bug) => [bug.title, bug] as const))('by: %s', (title) => {
    const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
    const failed = results.filter((one) => one.title.endsWith(title) && one.status === 'failed');
    expect(failed.length, `${title}: no run of it failed`).toBeGreaterThan(0);
    // By what it states, not because it could not be run at all.
    for (const { failureMessages } of failed)
      expect(failureMessages.join('\n')).toMatch(/Property failed|AssertionError/);
  });
});

it('P18b-04: every property has its bug, and there are at least nine', async () => {
  const files = await readdir(join(root, 'src'), { recursive: true });
  const texts = files
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFile(join(root, 'src', name), 'utf8'));
  const titles = (await Promise.all(texts)).flatMap((text) =>
    [...text.matchAll(/P18b-04: (.*?)['"],/g)].map(([, title]) => title),
  );
  expect([...new Set(titles)].sort()).toEqual(BUGS.map(({ title }) => title).sort());
  expect(titles.length).toBeGreaterThanOrEqual(9);
});
