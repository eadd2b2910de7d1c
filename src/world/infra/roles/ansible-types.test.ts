import { describe, expect, it } from 'vitest';
import { refusalOf } from './ansible-types.ts';

describe('what Ansible would take for a type', () => {
  it.each<[string, readonly unknown[], readonly unknown[]]>([
    ['bool', [true, false, 'Yes', ' no ', 'T', 'off', '1.0', 0, 1], ['perhaps', 2, '', [], {}]],
    [
      'int',
      [7, -7, 10n, '7', ' +7 ', '-1_000', '1e3', '7.0', true],
      ['noon', 1.5, '1.5', '', '7x', 'x7', '7 8', '.', 'e3', 'inf', [], {}],
    ],
    [
      'float',
      [
        7,
        1.5,
        '1.5',
        '.5',
        '.25',
        '12.25',
        '1E-10',
        '2e+12',
        ' 3. ',
        'inf',
        '-Infinity',
        'NaN',
        '٣',
        true,
      ],
      ['noon', '1.5x', 'x1.5', '1..5', '1e', '.', '', [], {}],
    ],
    ['list', [[], ['a'], 'a,b', '', 7, true], [{}]],
    ['dict', [{}, { a: 1 }, 'a=1', '{"a": 1}'], ['a', '', 7, true, [], ['a=1']]],
    ['str', ['a', 7, true, [], {}], []],
    ['path', ['a', 7, true, [], {}], []],
    ['toString', ['a', {}], []],
  ])('%s', (type, good, bad) => {
    for (const value of good)
      expect([value, refusalOf(value, { type })]).toEqual([value, undefined]);
    for (const value of bad)
      expect([value, refusalOf(value, { type })]).toEqual([value, { reason: 'type', type }]);
  });

  it('without a type, everything; nothing and templates for every type', () => {
    for (const value of ['a', 7, [], {}]) expect(refusalOf(value, {})).toBeUndefined();
    for (const type of ['bool', 'int', 'float', 'list', 'dict'])
      for (const value of [null, undefined, '{{ other }}', 'a {% if b %}'])
        expect(refusalOf(value, { type, choices: ['c'] })).toBeUndefined();
    for (const value of ['{ a }', '{', '%}'])
      expect(refusalOf(value, { type: 'int' })).toBeTruthy();
  });

  it('the members of a list, also of one written with commas', () => {
    const ints = { type: 'list', elements: 'int' };
    const refusal = { reason: 'element', type: 'int' };
    for (const good of [[1, '2', '{{ three }}'], '1, 2 ,3', 7, []])
      expect(refusalOf(good, ints)).toBeUndefined();
    for (const bad of [[1, 'two'], '1,two', '1,,2', [1.5]])
      expect(refusalOf(bad, ints)).toEqual(refusal);
    expect(refusalOf(['two'], { type: 'list' })).toBeUndefined();
    expect(refusalOf('two', { type: 'str', elements: 'int' })).toBeUndefined();
  });

  it('one of the choices, in any case; of a list each member', () => {
    const choices = ['On', 'off', 3];
    const refusal = { reason: 'choice', choices: ['On', 'off', '3'] };
    for (const good of ['on', 'OFF', 3, '3', true, false, '{{ other }}'])
      expect(refusalOf(good, { choices })).toBeUndefined();
    for (const bad of ['o', '', 4, 'yes', [3, 4]])
      expect(refusalOf(bad, { choices })).toEqual(refusal);
    expect(refusalOf(true, { choices: ['a'] })).toMatchObject({ reason: 'choice' });
    const list = { type: 'list', choices };
    for (const good of [['on', 3], 'on, off', '{{ a }}', ['{{ a }}', 'on']])
      expect(refusalOf(good, list)).toBeUndefined();
    for (const bad of [['on', 'x'], 'on, x']) expect(refusalOf(bad, list)).toEqual(refusal);
  });
});
