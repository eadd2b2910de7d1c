import {
  type Application,
  type CommandContext,
  generateHelpTextForAllCommands,
} from '@stricli/core';
import { describe, expect, it } from 'vitest';
import type { Language } from '../base/messages/index.ts';
import { buildApp } from './app.ts';
import { helpPage } from './help-page.ts';
import { commandBriefs } from './routes.ts';

const english = helpTexts('en');
const french = new Map(helpTexts('fr'));

describe('help', () => {
  it('exists for every command of the table', () => {
    expect(english.length).toBeGreaterThan(10);
    expect([...french.keys()]).toEqual(english.map(([route]) => route));
  });

  it.each(english)('%s: has examples that begin with anklume', (_route, text) => {
    const examples = text.split('EXAMPLES\n')[1]?.split('\n\n')[0] ?? '';
    expect(examples).toMatch(/^ {2}.*anklume /);
  });

  it.each(english)('%s: speaks French to French readers, in every line', (route, text) => {
    const translated = french.get(route) ?? '';
    expect(translated).toContain('EXEMPLES');
    // A sentence that is the same in both languages was forgotten; usage lines and shell names are words for all.
    const forgotten = sentences(translated).filter((line) => sentences(text).includes(line));
    expect(forgotten).toEqual([]);
  });

  it.each(english)('%s: fits a wide terminal', (route, text) => {
    for (const line of [...text.split('\n'), ...(french.get(route) ?? '').split('\n')])
      if (!line.startsWith('  anklume ')) expect(line.length, line).toBeLessThanOrEqual(130);
  });
});

/** The lines with at least four words of letters, without their first column. */
function sentences(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim().replace(/^.*? {2,}/, ''))
    .filter((line) => !line.startsWith('anklume ') && /(\p{L}{2,} +){3}\p{L}{2,}/u.test(line));
}

describe('B07-10: the help of the program', () => {
  it.each(['en', 'fr'] as const)(
    '%s: fits a screen of 40 lines, and hides other names',
    (language) => {
      const page = helpPage(commandBriefs(language), language);
      expect(page.split('\n').length).toBeLessThanOrEqual(40);
      expect(page).not.toMatch(/rollback-list|destroy|golden-create/);
    },
  );

  it('names every command that is not hidden, once', () => {
    const briefs = commandBriefs('en');
    const page = helpPage(briefs, 'en');
    const first = (line: string) => line.trim().split(/,? /)[0] ?? '';
    const named = page.split('\n').filter((line) => line.startsWith('  '));
    const listed = [...named.slice(0, -1).map(first), ...(named.at(-1) ?? '').trim().split(', ')];
    const all = [...briefs.values()].flatMap((section) => [...section.keys()]);
    expect(listed.sort()).toEqual(all.sort());
  });
});

function helpTexts(language: Language) {
  // Help needs no context; the parser's type asks for the plain one.
  return generateHelpTextForAllCommands(
    buildApp(language, true, undefined, true) as unknown as Application<CommandContext>,
  );
}
