import { expect, it } from 'vitest';
import { changedTables, tablesIn } from './other-tables.ts';

const rule = (table: string, more: object = {}) => ({
  rule: { family: 'inet', table, chain: 'c', handle: 1, expr: [{ counter: null }], ...more },
});
const set = (flags: string[], elem: string[]) => ({
  set: { family: 'ip', table: 'ban', name: 's', handle: 2, flags, elem },
});

it('tells tables of others that came, went or changed, and not ours', () => {
  const before = tablesIn([rule('a'), rule('b'), rule('anklume')]);
  const after = tablesIn([rule('a', { expr: [] }), rule('c'), rule('anklume', { expr: [] })]);
  expect(changedTables(before, after)).toEqual(['inet a', 'inet b', 'inet c']);
  expect(changedTables(before, before)).toEqual([]);
});

it('takes counters, handles and members that packets add for no change', () => {
  const counted = { expr: [{ counter: { packets: 7, bytes: 420 } }] };
  const before = tablesIn([rule('a', counted), set(['timeout'], ['1.1.1.1'])]);
  const later = { handle: 9, expr: [{ counter: { packets: 8, bytes: 480 } }] };
  expect(changedTables(before, tablesIn([rule('a', later), set(['timeout'], [])]))).toEqual([]);
  const members = (...elem: string[]) => tablesIn([set(['interval'], elem)]);
  expect(changedTables(members('1.1.1.1'), members())).toEqual(['ip ban']);
});

it('knows a set that packets fill by the rule that fills it: nft 1.0.6 says it nowhere else', () => {
  const filling = { expr: [{ set: { op: 'add', elem: 'x', set: '@s' } }], family: 'ip' };
  const filled = (...elem: string[]) => tablesIn([rule('ban', filling), set([], elem)]);
  expect(changedTables(filled('1.1.1.1'), filled())).toEqual([]);
  const other = (...elem: string[]) => tablesIn([rule('other', filling), set([], elem)]);
  expect(changedTables(other('1.1.1.1'), other())).toEqual(['ip ban']);
});
