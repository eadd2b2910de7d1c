import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import type { Kind, Readers } from './kinds.ts';

/** What a key is called in the configuration of an instance, there and back. */
interface InIncus<Value> {
  readonly key: string;
  write(value: Value): string;
  /** Nothing for a text that infra.yml has no word for. */
  read(text: string): Value | undefined;
}

/**
 * A key of infra.yml that holds one value, and all that is done with it on its way to Incus and back. The schema, the
 * types, the resolved world, the tree and its reader, the instance and the import go by these rows, so that a new key
 * is one row in the table of its section.
 */
interface Row<
  Value = unknown,
  Raw = unknown,
  Name extends string = string,
  Absent = unknown,
  Back extends boolean = boolean,
> {
  /** As infra.yml spells it. */
  readonly name: Name;
  readonly kind: Kind<Value, Raw>;
  /** What editors show of it. */
  readonly about?: string;
  /** The value where infra.yml says nothing; undefined: the field is absent then. */
  readonly absent: Absent;
  /** The variable of the tree that carries it. */
  readonly variable: string;
  /** Written to the tree also where infra.yml says nothing. */
  readonly always?: boolean;
  /** Read back from the tree: anklume itself goes by it, and not only Ansible. */
  readonly readBack: Back;
  readonly incus?: InIncus<Value>;
}

/** Rows by the field of the resolved world that carries their value, in the order in which the tree is written. */
export type Rows = Readonly<Record<string, Row>>;

type Rest<Value> = {
  readonly about?: string;
  readonly always?: true;
  readonly incus?: InIncus<Value>;
};

/** A row whose value anklume reads back from the tree. */
export function row<Value, Raw, const Name extends string, const Absent extends Value | undefined>(
  name: Name,
  kind: Kind<Value, Raw>,
  variable: string,
  absent: Absent,
  rest: Rest<Value> = {},
): Row<Value, Raw, Name, Absent, true> {
  return { name, kind, variable, absent, readBack: true, ...rest };
}

/** A row whose value the tree carries for Ansible alone. */
export function forAnsible<
  Value,
  Raw,
  const Name extends string,
  const Absent extends Value | undefined,
>(
  name: Name,
  kind: Kind<Value, Raw>,
  variable: string,
  absent: Absent,
  rest: Rest<Value> = {},
): Row<Value, Raw, Name, Absent, false> {
  return { name, kind, variable, absent, readBack: false, ...rest };
}

type Always<All extends Rows> = {
  [Field in keyof All]: All[Field]['absent'] extends undefined ? never : Field;
}[keyof All];
type Back<All extends Rows> = {
  [Field in keyof All]: All[Field]['readBack'] extends true ? Field : never;
}[keyof All];

type Chosen<All extends Rows, Names extends keyof All> = {
  readonly [Field in Names & Always<All>]: ReturnType<All[Field]['kind']['value']>;
} & {
  readonly [Field in Exclude<Names, Always<All>>]?: ReturnType<All[Field]['kind']['value']>;
};

/** The fields of a section of the resolved world. */
export type FieldsOf<All extends Rows> = Chosen<All, keyof All>;

/** Those among them that are read back from the tree. */
export type ReadFieldsOf<All extends Rows> = Chosen<All, Back<All>>;

/** What infra.yml may hold, before anything is filled in. */
type RawOf<All extends Rows> = {
  readonly [Field in keyof All as All[Field]['name']]?:
    | Parameters<All[Field]['kind']['value']>[0]
    | undefined;
};

type EntriesOf<All extends Rows> = {
  [Field in keyof All as All[Field]['name']]: v.OptionalSchema<
    All[Field]['kind']['schema'],
    undefined
  >;
};

/** The keys of a section for its schema. */
export function schemaOf<const All extends Rows>(rows: All): EntriesOf<All> {
  const entries = Object.values(rows).map(({ name, kind: { schema }, about }) => [
    name,
    v.optional(about === undefined ? schema : v.pipe(schema, v.description(about))),
  ]);
  return Object.fromEntries(entries) as EntriesOf<All>;
}

/** What a section says by its rows, with what holds where it says nothing. */
export function fieldsOf<const All extends Rows>(rows: All, written: RawOf<All>): FieldsOf<All> {
  const raw: Readonly<Record<string, unknown>> = written;
  return present(rows, ({ name, kind, absent }) =>
    raw[name] === undefined ? absent : kind.value(raw[name]),
  ) as FieldsOf<All>;
}

/** The variables of the tree that carry the fields of a section. */
export function variablesOf<All extends Rows>(rows: All, fields: FieldsOf<All>) {
  const values: Readonly<Record<string, unknown>> = fields;
  return Object.fromEntries(
    Object.entries(rows).flatMap(([field, { variable, always, absent }]) =>
      always || !isDeepStrictEqual(values[field], absent) ? [[variable, values[field]]] : [],
    ),
  );
}

/** Reads the fields of a section out of its variables. `read` gives what is said under a name, or the last word. */
export function readFieldsOf<All extends Rows, In>(
  rows: All,
  readers: Readers<In>,
  read: (variable: string, parse: (value: In) => unknown, otherwise: unknown) => unknown,
): ReadFieldsOf<All> {
  return present(rows, ({ variable, kind, absent, readBack }) =>
    readBack ? read(variable, kind.read(readers), absent) : undefined,
  ) as ReadFieldsOf<All>;
}

/** What the fields of a section mean to Incus. */
export function incusConfigOf<All extends Rows>(
  rows: All,
  fields: ReadFieldsOf<All>,
): Record<string, string> {
  const values: Readonly<Record<string, unknown>> = fields;
  return Object.fromEntries(
    Object.entries(rows).flatMap(([field, { incus }]) =>
      incus && values[field] !== undefined ? [[incus.key, incus.write(values[field])]] : [],
    ),
  );
}

/** What infra.yml says for a key of Incus: nothing where it has no word for that key or value. */
export function writtenFor(rows: Rows, key: string, text: string) {
  const found = Object.values(rows).find(({ incus }) => incus?.key === key);
  const value = found?.incus?.read(text);
  return found === undefined || value === undefined ? undefined : { name: found.name, value };
}

function present(rows: Rows, value: (row: Row) => unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(rows).flatMap(([field, one]) => {
      const found = value(one);
      return found === undefined ? [] : [[field, found]];
    }),
  );
}
