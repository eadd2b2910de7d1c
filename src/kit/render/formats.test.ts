import { describe, expect, it } from 'vitest';
import { chosenColumns, inFormat } from './formats.ts';

const rows = [
  { machine: 'one', state: 'Running', addresses: ['10.0.0.1', '10.0.0.2'] },
  { machine: 'two', state: 'a "b", c', drift: [{ key: 'x' }] },
];

describe('B07-11: formats of a list', () => {
  it('CSV has a line of names, and quotes what needs it', () => {
    expect(inFormat(rows, 'csv')).toBe(
      [
        'machine,state,addresses,drift',
        'one,Running,10.0.0.1 10.0.0.2,',
        'two,"a ""b"", c",,"[{""key"":""x""}]"',
      ].join('\n'),
    );
  });

  it('columns are those that are asked for, in that order', () => {
    expect(inFormat(chosenColumns(rows, ['state', 'machine']), 'csv').split('\n')[1]).toBe(
      'Running,one',
    );
    expect(JSON.parse(inFormat(chosenColumns(rows, ['addresses']), 'json'))).toEqual([
      { addresses: ['10.0.0.1', '10.0.0.2'] },
      { addresses: '' },
    ]);
  });

  it('none shows what turns text round or commands a terminal', () => {
    const hostile = [{ name: 'a\u202eb', list: ['\u009b', 'c'], more: { at: '\u2066' } }];
    for (const format of ['json', 'yaml', 'csv'] as const)
      expect(inFormat(hostile, format)).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('YAML is a list', () => {
    expect(inFormat(rows.slice(0, 1), 'yaml')).toContain('- machine: one');
  });
});
