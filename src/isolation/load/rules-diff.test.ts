import { expect, it } from 'vitest';
import { type DiffLine, diffRules } from './rules-diff.ts';

const table = (family: string, ...blocks: string[]): string =>
  [`table ${family} anklume {`, ...blocks, '}'].join('\n');
const set = (members: string): string =>
  `\tset bridges {\n\t\ttype ifname\n\t\telements = { ${members} }\n\t}\n`;
const chain = (...rules: string[]): string =>
  ['\tchain forward {', ...rules.map((rule) => `\t\t${rule}`), '\t}'].join('\n');
const text = (lines: readonly DiffLine[]): string[] => lines.map(({ mark, text }) => mark + text);

it('says nothing of equal listings, also when members come in another order', () => {
  const before = table('inet', set('"net-a",\n\t\t\t     "net-b"'), chain('accept'));
  const after = table('inet', set('"net-b", "net-a"'), chain('accept'));
  expect(diffRules(before, after)).toEqual([]);
});

it('shows a member that comes and one that goes', () => {
  const [block] = diffRules(table('inet', set('"a", "b"')), table('inet', set('"a", "c"')));
  expect(block?.title).toBe('inet set bridges');
  expect(text(block?.lines ?? [])).toEqual([
    ' \telements = {',
    ' \t\t"a"',
    '-\t\t"b"',
    '+\t\t"c"',
    ' \t}',
    ' }',
  ]);
});

it('keeps tables of the same name apart, and shows only what is near a change', () => {
  const rules = ['one', 'two', 'three', 'four', 'five', 'six'];
  const before = `${table('inet', chain(...rules))}\n${table('bridge', chain('x'))}`;
  const after = `${table('inet', chain(...rules, 'seven'))}\n${table('bridge', chain('x'))}`;
  const blocks = diffRules(before, after);
  expect(blocks.map(({ title }) => title)).toEqual(['inet chain forward']);
  expect(text(blocks[0]?.lines ?? [])).toEqual([' \tfive', ' \tsix', '+\tseven', ' }']);
});

it('shows a first deployment as all new, and a removal as all gone', () => {
  const listing = table('inet', chain('accept'));
  expect(text(diffRules(undefined, listing)[0]?.lines ?? [])).toEqual([
    '+chain forward {',
    '+\taccept',
    '+}',
  ]);
  expect(text(diffRules(listing, '')[0]?.lines ?? [])).toEqual([
    '-chain forward {',
    '-\taccept',
    '-}',
  ]);
});
