import { describe, expect, it } from 'vitest';
import { renderTable } from './table.ts';
import { visibleLength, wrapHelp, wrapWords } from './wrap.ts';

const red = (text: string) => `\u001b[31m${text}\u001b[39m`;

it('breaks between words and never inside one', () => {
  expect(wrapWords('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrapWords('a wordthatislong b', 4)).toEqual(['a', 'wordthatislong', 'b']);
});

it('closes a colour at the end of a line and opens it again', () => {
  expect(wrapWords(`${red('one two')} x`, 3)).toEqual([
    '\u001b[31mone\u001b[0m',
    '\u001b[31mtwo\u001b[39m',
    'x',
  ]);
});

it('a coloured table keeps whole colours at any width', () => {
  const rows = [[red('perso-desktop'), 'semi-trusted', red('drift: limits.cpu, protected')]];
  for (let width = 1; width < 80; width++) {
    const text = renderTable(['Machine', 'Trust', 'Notes'], rows, width);
    const torn = text.replaceAll(/\u001b\[[0-9;]*m/g, '');
    expect(torn).not.toMatch(/\u001b|\d+m\b|\[\d/);
    expect(torn).toContain('perso-desktop');
    if (width >= 54) expect(visibleLength(text)).toBeLessThanOrEqual(width);
  }
});

it('rows that fit no table become lists, without the cells that say nothing', () => {
  expect(renderTable(['Name', 'State', 'Notes'], [['web', 'running', '']], 10)).toBe(
    'Name   web\nState  running',
  );
});

describe('help on a narrow terminal', () => {
  const flag = '     [--from]  Rules from a file instead of those of the tree';

  it('goes on below the last column', () => {
    expect(wrapHelp(flag, 40).split('\n')).toEqual([
      '     [--from]  Rules from a file instead',
      '               of those of the tree',
    ]);
    expect(wrapHelp(flag, 100)).toBe(flag);
    expect(wrapHelp(flag, undefined)).toBe(flag);
  });

  it('keeps every word and no line is wider, whatever the width', () => {
    const long =
      `  anklume network deploy --confirm 60  ${'the old rules come back '.repeat(4)}`.trimEnd();
    for (const width of [45, 60, 80]) {
      const lines = wrapHelp(`${long}\n\n${flag}`, width).split('\n');
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      expect(lines.join(' ').split(/ +/)).toEqual(` ${long.trim()} ${flag}`.split(/ +/));
    }
  });
});
