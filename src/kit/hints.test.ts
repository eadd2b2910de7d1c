import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takesDaemon } from '../cli/routes.ts';
import { withDaemon } from './hints.ts';
import { typeset } from './typography.ts';

const lab = (text: string) => withDaemon(text, { flag: '--sandbox=lab', takesDaemon });

describe('commands that a message proposes', () => {
  it.each([
    ["Run 'anklume network deploy'.", "Run 'anklume --sandbox=lab network deploy'."],
    ["'anklume up' makes it.", "'anklume --sandbox=lab up' makes it."],
    [
      'Stop it: anklume incus -- stop x --project p',
      'Stop it: anklume --sandbox=lab incus -- stop x --project p',
    ],
    [
      "Read it, then 'anklume sync' and 'anklume plan' beside it.",
      "Read it, then 'anklume sync' and 'anklume --sandbox=lab plan' beside it.",
    ],
    ['anklume instance start a, then wait', 'anklume --sandbox=lab instance start a, then wait'],
  ])('lead to the daemon that it is about: %s', (text, expected) => {
    expect(lab(text)).toBe(expected);
    const french = typeset({ en: '', fr: text.replace(/'([^']*)'/g, '« $1 »') }, 'fr');
    expect(lab(french)).toBe(
      typeset({ en: '', fr: expected.replace(/'([^']*)'/g, '« $1 »') }, 'fr'),
    );
  });

  it.each([
    "'anklume sync --delete-orphans'",
    "'anklume up --sandbox=other' makes it anew.",
    "'anklume sandbox start lab'",
    "'anklume upgrade'",
    'anklume divides a machine',
    'anklume-trash',
    "'incus list'",
  ])('are left alone where they name one, or know none: %s', (text) => {
    expect(lab(text)).toBe(text);
  });

  it('are left alone where they find it by themselves', () => {
    const text = "'anklume up'";
    expect(withDaemon(text, { flag: undefined, takesDaemon })).toBe(text);
  });
});

/** Places that are about another daemon than that of the project, or a shell in which incus is its own. */
const OTHER_INCUS = [
  'src/incus/',
  'src/features/demo/render/what-next.ts',
  'src/features/sandbox/commands/sandbox.ts',
  'src/features/instances/commands/incus.ts',
];
const PLAIN =
  /(?<!anklume incus -- )(?<![\w/-])(?<!what )incus (config|console|copy|delete|exec|export|file|image|import|info|launch|list|move|network|profile|project|publish|rename|restart|snapshot|start|stop|storage) /;

it('no message proposes the incus command bare, which may speak to another daemon', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((name) => join('src', name))
    .filter((name) => /(?<!\.test)\.ts$/.test(name))
    .filter((name) => !OTHER_INCUS.some((place) => name.startsWith(place)));
  const found = files.flatMap((name) =>
    readFileSync(name, 'utf8')
      .split('\n')
      .filter((line) => !/^\s*(\*|\/\/|\/\*)/.test(line) && PLAIN.test(line))
      .map((line) => `${name}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});
