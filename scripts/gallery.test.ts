import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exhibits, GALLERY_PAGES, galleryPage } from './gallery.ts';
import { COMMAND_PAGES, withCommands } from './gallery-commands.ts';

describe('error gallery', () => {
  it.each(GALLERY_PAGES)(
    '%s is what the program says now (npm run docs:gallery)',
    async (path, language) => {
      expect(galleryPage(await exhibits(), language)).toBe(readFileSync(path, 'utf8'));
    },
  );

  it('every exhibit has a problem, and the one it is named after', async () => {
    const shown = await exhibits();
    expect(shown.length).toBeGreaterThan(20);
    const unlike = shown.filter(({ name, problems }) => {
      const codes = problems.map((problem) => problem.code);
      return !codes.some((code) => name === code || name.startsWith(`${code}-`));
    });
    expect(unlike.map(({ name, problems }) => [name, problems.map((one) => one.code)])).toEqual([]);
  });

  it('every problem in it says what to do, in two different languages', async () => {
    const problems = (await exhibits()).flatMap((exhibit) => exhibit.problems);
    expect(problems.filter((problem) => !problem.remedy).map((problem) => problem.code)).toEqual(
      [],
    );
    const untranslated = problems.filter(({ message }) => message.en === message.fr);
    expect(untranslated.map((problem) => problem.code)).toEqual([]);
  });

  it('shows control characters as escapes and a folder file by file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'anklume-gallery-'));
    try {
      writeFileSync(join(folder, 'odd.yml'), 'project_name: "a\u001b[31m"\n\tx: ```\n');
      mkdirSync(join(folder, 'split/domains'), { recursive: true });
      writeFileSync(join(folder, 'split/base.yml'), 'project_name: a\n');
      writeFileSync(join(folder, 'split/domains/pro.yml'), 'pro: 7\n');
      const page = galleryPage(await exhibits(folder), 'en', folder);
      expect(page).toContain('\\u{1b}[31m');
      expect(page).toContain('\n````yaml wrong\n');
      expect(page).toContain('`domains/pro.yml`');
      expect(page).not.toContain('\u001b');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('list of commands', () => {
  it.each(COMMAND_PAGES)(
    '%s says what the commands say now (npm run docs:gallery)',
    (path, language) => {
      const page = readFileSync(path, 'utf8');
      expect(withCommands(page, language)).toBe(page);
      expect(page).toMatch(/^### anklume sandbox start$/m);
    },
  );
});
