import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { DOMAIN_KEYS, GLOBAL_KEYS, IMAGE_KEYS, MACHINE_KEYS } from './index.ts';
import { flag, oneOf, text, whole } from './kinds.ts';
import {
  fieldsOf,
  forAnsible,
  incusConfigOf,
  readFieldsOf,
  row,
  schemaOf,
  variablesOf,
  writtenFor,
} from './rows.ts';

const ROWS = {
  size: row('size', whole(1, 9, 'seconds'), 'thing_size', undefined, {
    incus: { key: 'limits.size', write: (size) => `${size}GB`, read: (said) => parseInt(said, 10) },
  }),
  open: row('open', flag, 'thing_open', true),
  title: row('title', text, 'thing_title', '', { always: true }),
  mood: forAnsible('mood', oneOf(['calm', 'wild'], 'protocol'), 'thing_mood', 'calm'),
};

/** A tree that holds plain values. */
const PLAIN = {
  flag: Boolean,
  text: String,
  path: String,
  texts: (value: unknown) => [String(value)],
  whole: () => Number,
  oneOf:
    <const Word extends string>(words: readonly Word[]) =>
    (value: unknown) => {
      const found = words.find((word) => word === value);
      if (found === undefined) throw new Error(`no ${value}`);
      return found;
    },
};

function readBack(variables: Readonly<Record<string, unknown>>) {
  return readFieldsOf(ROWS, PLAIN, (name, parse, otherwise) =>
    name in variables ? parse(variables[name]) : otherwise,
  );
}

it('one row takes a key from infra.yml to Incus and back', () => {
  const written = v.parse(v.object(schemaOf(ROWS)), { size: 3, open: false, title: 7 });
  const fields = fieldsOf(ROWS, written);
  expect(fields).toEqual({ size: 3, open: false, title: '7', mood: 'calm' });
  const variables = variablesOf(ROWS, fields);
  expect(variables).toEqual({ thing_size: 3, thing_open: false, thing_title: '7' });
  expect(readBack(variables)).toEqual({ size: 3, open: false, title: '7' });
  expect(incusConfigOf(ROWS, readBack(variables))).toEqual({ 'limits.size': '3GB' });
  expect(writtenFor(ROWS, 'limits.size', '3GB')).toEqual({ name: 'size', value: 3 });
});

it('what is not said is what holds without it, and is not written unless it always is', () => {
  const fields = fieldsOf(ROWS, {});
  expect(fields).toEqual({ open: true, title: '', mood: 'calm' });
  expect(variablesOf(ROWS, fields)).toEqual({ thing_title: '' });
  expect(readBack({})).toEqual({ open: true, title: '' });
  expect(incusConfigOf(ROWS, readBack({}))).toEqual({});
  expect(writtenFor(ROWS, 'limits.other', '3')).toBeUndefined();
});

it.each([{ size: 0 }, { size: 10 }, { size: 1.5 }, { open: 'yes' }, { mood: 'sad' }])(
  'a value that is not of its kind is refused: %j',
  (written) => {
    expect(v.safeParse(v.object(schemaOf(ROWS)), written).success).toBe(false);
  },
);

it('no two keys of a section share a name, a variable or a key of Incus', () => {
  for (const rows of [MACHINE_KEYS, DOMAIN_KEYS, { ...GLOBAL_KEYS, ...IMAGE_KEYS }]) {
    const all = Object.values(rows);
    for (const column of [
      all.map(({ name }) => name),
      all.map(({ variable }) => variable),
      all.flatMap((one) => ('incus' in one && one.incus ? [one.incus.key] : [])),
    ])
      expect(new Set(column).size).toBe(column.length);
  }
});

it('what holds without a word is never written twice', () => {
  for (const rows of [MACHINE_KEYS, DOMAIN_KEYS, GLOBAL_KEYS, IMAGE_KEYS])
    for (const { absent, always } of Object.values(rows))
      if (isDeepStrictEqual(absent, undefined)) expect(always).toBeFalsy();
});
