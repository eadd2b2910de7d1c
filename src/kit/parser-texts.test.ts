import { describe, expect, it } from 'vitest';
import { start } from '../cli/start.ts';

/** Runs the program in this process with streams of its own. */
async function said(argv: string[], lang: string): Promise<{ code: number; words: string }> {
  let words = '';
  const write = (text: string) => {
    words += text;
  };
  const stream = { write, on: () => {}, isTTY: false };
  const host = {
    ...{ stdout: stream, stderr: stream, stdin: { isTTY: false } },
    env: { ANKLUME_LANG: lang },
    cwd: () => '/',
    on: () => {},
    off: () => {},
  } as unknown as NodeJS.Process;
  const code = await start(argv, host, () => {});
  return { code, words };
}

describe('wrong words', () => {
  const cases: readonly (readonly [line: string, en: RegExp, fr: RegExp])[] = [
    ['inti', /No command 'inti': did you mean 'init'/, /Aucune commande « inti »/],
    ['init --exmple x', /did you mean '--example'/, /vouliez-vous dire « --example »/],
    ['plan --exitcode', /did you mean '--exit-code'/, /vouliez-vous dire « --exit-code »/],
    ['init a b', /Too many arguments/, /Trop d'arguments/],
    ['init --example', /--example needs a value/, /--example attend une valeur/],
    ['init -z', /No flag '-z'/, /Aucune option « -z »/],
    ['completion csh', /expected one of bash, zsh, fish/, /valeurs possibles : bash, zsh, fish/],
    ['completion', /SHELL is missing/, /SHELL manque/],
    ['init --example a --example b', /given twice/, /donné deux fois/],
  ];
  it.each(cases)('%s: exit 2, in both languages', async (line, en, fr) => {
    const english = await said(line.split(' '), 'en');
    const french = await said(line.split(' '), 'fr');
    expect([english.code, french.code]).toEqual([2, 2]);
    expect(english.words).toMatch(en);
    expect(french.words).toMatch(fr);
  });

  it('shows control characters of an argument instead of sending them to the terminal', async () => {
    const { words } = await said(['\u001b[31minit'], 'en');
    expect(words).not.toContain('\u001b');
  });
});
