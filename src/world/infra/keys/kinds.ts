import * as v from 'valibot';
import type { Expectation } from '../expected.ts';
import { expect, flag as isFlag, text as isText, word as isWord, words } from '../schema-parts.ts';

/** How a place that holds values, such as the tree, reads each kind out of what it holds. */
export interface Readers<In> {
  readonly flag: (value: In) => boolean;
  readonly text: (value: In) => string;
  readonly path: (value: In) => string;
  readonly texts: (value: In) => readonly string[];
  readonly whole: (least: number, most: number) => (value: In) => number;
  readonly oneOf: <const Word extends string>(words: readonly Word[]) => (value: In) => Word;
}

/** A kind of value: how infra.yml may write it, what that means, and who reads it back. */
export interface Kind<Value = unknown, Raw = unknown> {
  readonly schema: v.GenericSchema<Raw>;
  value(written: Raw): Value;
  read<In>(readers: Readers<In>): (value: In) => Value;
}

/** What is meant as it is written. */
function plain<Value>(
  schema: v.GenericSchema<Value>,
  read: Kind<Value>['read'],
): Kind<Value, Value> {
  return { schema, value: (written) => written, read };
}

export const flag = plain<boolean>(isFlag, ({ flag }) => flag);
export const word = plain<string>(isWord, ({ text }) => text);
export const names = plain<readonly string[]>(words, ({ texts }) => texts);

/** Any text; a number is taken for one. */
export const text: Kind<string, string | number> = {
  schema: isText,
  value: String,
  read: ({ text }) => text,
};

/** A text whose form a rule in validate/ looks at. */
export const textLike = (expected: Expectation) =>
  plain<string>(v.string(expect(expected)), ({ text }) => text);

export const absolutePath = plain<string>(
  v.pipe(v.string(expect('absolute-path')), v.startsWith('/', expect('absolute-path'))),
  ({ path }) => path,
);

export function whole(least: number, most: number, expected: Expectation) {
  const message = expect(expected);
  const schema = v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
  return plain<number>(schema, ({ whole }) => whole(least, most));
}

export function oneOf<const Word extends string>(list: readonly Word[], expected: Expectation) {
  return plain<Word>(v.picklist(list, expect(expected)), ({ oneOf }) => oneOf(list));
}
