import { describe, expect, expectTypeOf, it } from 'vitest';
import schema from '../../schemas/results.schema.json' with { type: 'json' };
import { faultsOf } from '../../tests/integration/result-schema.ts';
import type { Told } from './progress/told.ts';
import type { Result } from './results.ts';

/** The definitions of printed objects have the small names of their types, parts of them the names of the code. */
type Defined = Extract<keyof typeof schema.$defs, Lowercase<string>>;

describe('results with --json', () => {
  it('map and schema name the same types', () => {
    expectTypeOf<Result['type'] | keyof Told>().toEqualTypeOf<Defined>();
    const listed = schema.anyOf.map(({ $ref }) => $ref.replace('#/$defs/', ''));
    const small = Object.keys(schema.$defs).filter((name) => name === name.toLowerCase());
    expect(listed.sort()).toEqual(small.sort());
  });

  it('each definition is of the type that it is named after', () => {
    for (const [name, definition] of Object.entries(schema.$defs))
      if (name === name.toLowerCase()) expect(typesIn(definition)).toEqual([name]);
  });

  it('what a command prints is accepted', () => {
    const result: Result = { type: 'boot', state: 'on', changed: true };
    expect(faultsOf(result)).toEqual([]);
  });

  it.each([
    ['a field too many', { type: 'boot', state: 'on', changed: true, more: 1 }],
    ['a field that is missing', { type: 'boot', state: 'on' }],
    ['a field of another type', { type: 'boot', state: 'on', changed: 'yes' }],
    ['a word that is none of those', { type: 'boot', state: 'half', changed: true }],
    ['a type that nobody knows', { type: 'boat' }],
    ['something within', { type: 'history', generations: [{ number: 'one' }] }],
  ])('%s is refused', (_, wrong) => {
    expect(faultsOf(wrong)).not.toEqual([]);
  });
});

/** Every `type` that a definition or one of its branches is fixed to. */
function typesIn(definition: object): string[] {
  const {
    anyOf = [],
    $ref = '',
    properties,
  } = definition as {
    anyOf?: object[];
    $ref?: string;
    properties?: { type?: { const?: string } };
  };
  const part = Object.entries(schema.$defs).find(([name]) => $ref === `#/$defs/${name}`);
  const inner = [...anyOf, ...(part ? [part[1]] : [])].flatMap(typesIn);
  return [...new Set([...inner, properties?.type?.const ?? []].flat())];
}
