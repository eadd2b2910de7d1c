import type { Text } from '../../base/messages/index.ts';
import { type Config, type Devices, expirySeconds } from '../infra/index.ts';
import type { Value } from './value.ts';

/** A value that is not what its variable wants. Thrown by parsers, caught where the variable is read. */
export class Mismatch extends Error {
  readonly value: Value;
  readonly wanted: Text;

  constructor(value: Value, wanted: Text) {
    super(wanted.en);
    this.value = value;
    this.wanted = wanted;
  }
}

/** Makes a typed value of an untrusted one, or throws a Mismatch that says what was wanted. */
export type Parse<T> = (value: Value) => T;

/** Text, or any plain value as it was written. */
export function text(value: Value): string {
  const scalar = value.scalar();
  if (!scalar || value.isNull) throw new Mismatch(value, { en: 'a text', fr: 'un texte' });
  return scalar.text;
}

export function flag(value: Value): boolean {
  const truth = value.scalar()?.value;
  if (typeof truth !== 'boolean')
    throw new Mismatch(value, { en: 'true or false', fr: 'true ou false' });
  return truth;
}

/** A whole number within bounds, both included, in plain digits: `022` and `20:22` are read as several. */
export function wholeNumber(least: number, most: number): Parse<number> {
  return (value) => {
    const { value: number, text: said } = value.scalar() ?? {};
    const plain = typeof number === 'number' && Number.isInteger(number) && String(number) === said;
    if (plain && number >= least && number <= most) return number;
    throw new Mismatch(value, {
      en: `a whole number from ${least} to ${most}`,
      fr: `un nombre entier de ${least} à ${most}`,
    });
  };
}

/** `7d`, `12h`, `30m`: in seconds. */
export function retention(value: Value): number {
  const seconds = expirySeconds(value.scalar()?.text ?? '');
  if (seconds !== undefined) return seconds;
  throw new Mismatch(value, {
    en: 'a number of days, hours or minutes: 7d, 12h or 30m',
    fr: "un nombre de jours, d'heures ou de minutes : 7d, 12h ou 30m",
  });
}

/** One of some words. */
export function oneOf<const Word extends string>(words: readonly Word[]): Parse<Word> {
  return (value) => {
    const said = value.scalar()?.text;
    const word = words.find((candidate) => candidate === said);
    if (word !== undefined) return word;
    const list = words.join(', ');
    throw new Mismatch(value, { en: `one of: ${list}`, fr: `l'un de : ${list}` });
  };
}

/** A text of a certain shape; `wanted` describes the shape. */
export function matching(shape: RegExp, wanted: Text): Parse<string> {
  return (value) => {
    const said = text(value);
    if (!shape.test(said)) throw new Mismatch(value, wanted);
    return said;
  };
}

export function listOf<T>(parse: Parse<T>): Parse<readonly T[]> {
  return (value) => {
    const items = value.items();
    if (!items) throw new Mismatch(value, { en: 'a list', fr: 'une liste' });
    return items.map(parse);
  };
}

/** The pairs of a mapping, its values parsed. */
export function mapOf<T>(parse: Parse<T>): Parse<readonly (readonly [string, T])[]> {
  return (value) => [...fields(value)].map(([key, item]) => [key, parse(item)]);
}

/** The raw fields of a mapping. */
export function fields(value: Value): Map<string, Value> {
  const entries = value.entries();
  if (!entries) throw new Mismatch(value, { en: 'a mapping', fr: 'une table de clés' });
  return entries;
}

/** A field of a mapping, parsed; `otherwise` when it is not written. */
export function field<T, U>(
  of: ReadonlyMap<string, Value>,
  key: string,
  parse: Parse<T>,
  otherwise: U,
): T | U {
  const value = of.get(key);
  return value === undefined || value.isNull ? otherwise : parse(value);
}

/** A field that must be written. */
export function requiredField<T>(
  mapping: Value,
  of: ReadonlyMap<string, Value>,
  key: string,
  parse: Parse<T>,
): T {
  const value = of.get(key);
  if (value === undefined || value.isNull)
    throw new Mismatch(mapping, { en: `a mapping with '${key}'`, fr: `une table avec « ${key} »` });
  return parse(value);
}

/** Incus configuration. Its values are strings: numbers as they were written, booleans as Incus spells them. */
export function config(value: Value): Config {
  return Object.fromEntries(mapOf(configValue)(value));
}

export function devices(value: Value): Devices {
  return Object.fromEntries(mapOf(config)(value));
}

function configValue(value: Value): string {
  if (value.isNull) return '';
  const truth = value.scalar()?.value;
  return typeof truth === 'boolean' ? String(truth) : text(value);
}
