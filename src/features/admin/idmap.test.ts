import { expect, it } from 'vitest';
import { seesOwner } from './idmap.ts';

const me = { uid: 1000, gid: 1000 };
const range = (more: object) => ({
  Isuid: true,
  Isgid: true,
  Hostid: 1_000_000,
  Nsid: 0,
  Maprange: 65_536,
  ...more,
});
const sees = (value: unknown) => seesOwner({ 'volatile.idmap.current': JSON.stringify(value) }, me);

it('P23-24: an owner needs no shifted mount where the machine maps the id to itself', () => {
  expect(sees([range({ Hostid: 1000, Nsid: 1000, Maprange: 1 }), range({})])).toBe(true);
  expect(sees([])).toBe(true);
});

it('P23-24: anything else needs one', () => {
  expect(sees([range({})])).toBe(false);
  expect(sees([range({ Hostid: 1000, Nsid: 1000, Maprange: 1, Isgid: false })])).toBe(false);
  expect(sees([range({ Hostid: 500, Nsid: 500, Maprange: 500 })])).toBe(false);
  expect(seesOwner({}, me)).toBe(false);
});

it.each(['', '{', 'null', '[1]', '[{"Isuid":true}]', '{"length":0}'])(
  'words of a daemon that make no sense (%j) count as nothing known',
  (text) => {
    expect(seesOwner({ 'volatile.idmap.current': text }, me)).toBe(false);
  },
);
