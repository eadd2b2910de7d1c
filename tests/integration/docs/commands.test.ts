import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { pages, ROOT } from '../../../scripts/doc-checks.ts';
import { run } from '../../../src/base/system/index.ts';
import { program } from '../build.ts';
import { clearAway } from '../support.ts';
import { ELSEWHERE, isElsewhere, linesOf, PAGES, type Page } from './pages.ts';

const DOMAINS = ['anklume', 'perso', 'pro', 'homelab', 'vault'];

let root: string;
let project: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'anklume-docs-'));
  project = join(root, 'home');
  await mkdir(join(root, 'bin'));
  await mkdir(join(root, 'mnt'));
  const command = join(root, 'bin/anklume');
  await writeFile(command, `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`);
  await chmod(command, 0o755);
  await mkdir(project);
  await writeFile(
    join(project, 'infra.yml'),
    await readFile(join(import.meta.dirname, 'infra.yml')),
  );
});
afterAll(async () => {
  // What a page that failed midway left running.
  for (const name of ['default', 'demo', 'lab'])
    await bash(`anklume sandbox delete ${name} --yes`, root, join(root, 'fresh')).catch(
      () => undefined,
    );
  await clearAway(project, DOMAINS);
  await rm(root, { recursive: true, force: true });
});

/** What a reader's shell does with the lines, one after the other; the trace names the one that failed. */
function bash(script: string, cwd: string, home: string) {
  return run(['bash', '-exc', script], {
    cwd,
    env: {
      HOME: root,
      PATH: `${join(root, 'bin')}:${process.env.PATH}`,
      ANKLUME_LANG: 'en',
      ANKLUME_HOME: home,
      ANKLUME_SANDBOX: inject('sandbox'),
      INCUS_DIR: inject('incusDir'),
      NO_COLOR: '1',
    },
  });
}

/** Those of the examples are run by rows/examples.test.ts, with their own infra.yml. */
const written = pages().filter(
  (page) =>
    /^(README|docs\/[^/]+)\.md$/.test(page) && !page.endsWith('_FR.md') && linesOf(page).length > 0,
);

describe('commands of the pages', () => {
  it('each page with commands is walked here, or all of its lines are run by another test', () => {
    const left = written.flatMap((page) =>
      PAGES.some(({ name }) => name === page)
        ? []
        : linesOf(page)
            .filter((line) => !isElsewhere(line))
            .map(({ number, text }) => `${page}:${number}: ${text}`),
    );
    expect(left).toEqual([]);
    expect(written.length).toBeGreaterThan(10);
  });

  it('French pages tell the same commands', () => {
    const told = (page: string) => linesOf(page).map(({ text }) => text);
    for (const page of written)
      expect(told(page.replace(/\.md$/, '_FR.md')), page).toEqual(told(page));
  });

  it('what is left to another test is in it', async () => {
    for (const [words, file, said] of ELSEWHERE)
      expect(await readFile(join(ROOT, file), 'utf8'), String(words)).toContain(said);
  });

  it.each(PAGES.map((page) => [page.name, page] as const))(
    '%s',
    async (name, page) => {
      const lines = linesOf(name).filter((line) => !isElsewhere(line));
      expect(lines.length).toBeGreaterThan(0);
      if (page.fresh) {
        const empty = await mkdtemp(join(root, 'fresh-'));
        return void (await bash(script(page, name), empty, join(root, 'fresh')));
      }
      await bash('anklume apply --sync --prune --yes', project, inject('home'));
      await bash(script(page, name), project, inject('home'));
    },
    480_000,
  );
});

/** The lines as they stand, but for what only a reader can know: a time, a disk, a yes. */
function script(page: Page, name: string): string {
  const lines = linesOf(name)
    .filter((line) => !isElsewhere(line))
    .map(({ text }) =>
      page.reads.reduce((line, [words, instead]) => line.replace(words, instead), text),
    );
  return [page.before, ...lines, page.after].filter((line) => line !== undefined).join('\n');
}
