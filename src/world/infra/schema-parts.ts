import * as v from 'valibot';
import type { Expectation } from './expected.ts';
import { noList } from './no-list.ts';

/**
 * The kinds of values in infra.yml.
 * The last argument of a check is the name of the expectation that a message is made from.
 * What involves more than one value stands in validate/.
 */
export const expect = <const Name extends Expectation>(name: Name): Name => name;

export const flag = v.boolean(expect('flag'));
export const text = v.union([v.string(), v.number()], expect('text'));
export const word = v.pipe(v.string(expect('word')), v.nonEmpty(expect('word')));
export const words = v.array(word, expect('words'));
const plain = v.union([v.string(), v.number(), v.boolean()], expect('plain'));
export const settings = noList(v.record(v.string(), plain, expect('settings')));
export const devices = noList(
  v.record(v.string(), noList(v.record(v.string(), plain, expect('device'))), expect('devices')),
);
export const about = v.description;

export const reserve = v.union([v.string(), v.number()], expect('reserve'));

/** One number of an address. */
export function octet(least: number, most: number) {
  const message = expect('octet');
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
}

/** An absolute path, without steps back. */
export const hostFolder = v.pipe(
  v.string(expect('absolute-path')),
  v.regex(/^\/(?!.*(?:^|\/)\.\.(?:\/|$))/, expect('absolute-path')),
);

/** What can stand in a path of the host and in the name of a device. */
export const folderName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/, expect('folder-name')),
);

/** Written out before anything else looks at it: here for editors. */
export const repetition = v.pipe(
  v.number(expect('count')),
  about('So many of it, numbered: student with count 30 is student-01 to student-30.'),
);
