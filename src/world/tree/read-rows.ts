import { type Readers, readFieldsOf } from '../infra/index.ts';
import { flag, listOf, oneOf, text, wholeNumber } from './parse.ts';
import { absolutePath } from './shapes.ts';
import type { Value } from './value.ts';
import type { Variables } from './variables.ts';

const READERS: Readers<Value> = {
  flag,
  text,
  path: absolutePath,
  texts: listOf(text),
  whole: wholeNumber,
  oneOf,
};

/** The fields of a section that its variables state, by the table of its keys. */
export function readRows<All extends Parameters<typeof readFieldsOf>[0]>(
  rows: All,
  variables: Variables,
) {
  return readFieldsOf<All, Value>(rows, READERS, (name, parse, otherwise) =>
    variables.read(name, parse, otherwise),
  );
}
