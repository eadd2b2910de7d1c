import { describe, expect, it } from 'vitest';
import { readDocument } from './document.ts';
import { Spelled } from './spelled.ts';

const read = (text: string) => readDocument('infra.yml', text);
const good = (text: string): unknown => {
  const { value, problems } = read(text);
  expect(problems).toEqual([]);
  return value;
};
/** `code path line:column`, and the place of what it is about where there are two. */
const wrong = (text: string) =>
  read(text).problems.map(({ code, path, place, related }) =>
    [`${code} ${path.join('/')} ${place?.line}:${place?.column}`]
      .concat(related ? [`${related.line}:${related.column}`] : [])
      .join(' after '),
  );
const placeOf = (text: string, ...path: string[]) => read(text).placer(path);

describe('values', () => {
  it('are what YAML 1.1 says, with the spelling where it says more', () => {
    expect(good('a: yes\nb: 0x10\nc: 1.5\nd: ~\ne:\nf: "no"\ng: [1, [2], {h: 3}]\n')).toEqual({
      ...{
        a: new Spelled(true, 'yes'),
        b: new Spelled(16, '0x10'),
        c: 1.5,
        d: null,
        e: null,
        f: 'no',
      },
      g: [1, [2], { h: 3 }],
    });
    expect(good('')).toBeNull();
    expect(good('word')).toBe('word');
    expect(good('- 1\n- null\n')).toEqual([1, null]);
  });

  it('that are a time keep the words they were written in', () => {
    expect(good('day: 2026-11-22\n')).toEqual({ day: '2026-11-22' });
  });

  it('of an unknown kind are refused where they stand', () => {
    expect(wrong('data:\n  blob: !!binary aGVsbG8=\n')).toEqual(['unknown-tag data/blob 2:18']);
  });

  it('keys may be numbers and words of YAML, as they were written', () => {
    expect(good('010: a\nyes: b\n1.0: c\n2024-01-01: d\n')).toEqual({
      ...{ '010': 'a', yes: 'b', '1.0': 'c', '2024-01-01': 'd' },
    });
  });

  it('keys that are no words, or that mean something to the language, are refused', () => {
    expect(wrong('? [a]\n: 1\n')).toEqual(['bad-key  1:3']);
    expect(wrong('x:\n  __proto__: 1\n')).toEqual(['bad-key x 2:3']);
    expect(wrong('constructor: 1\nprototype: 2\n')).toEqual(['bad-key  1:1', 'bad-key  2:1']);
    expect(read('a: 1\n__proto__: 2\n').value).toEqual({ a: 1 });
  });

  it('written twice are told with both places, by what they are', () => {
    expect(wrong('a: 1\nb: 2\na: 3\n')).toEqual(['duplicate-key a 3:1 after 1:1']);
    expect(wrong('domains:\n  p: {}\n  p: {}\n')).toEqual([
      'duplicate-domain domains/p 3:3 after 2:3',
    ]);
    for (const word of ['machines', 'instances'])
      expect(wrong(`domains: {p: {${word}: {m: {}, m: {}}}}\n`)).toMatchObject([
        expect.stringMatching(/^duplicate-machine domains\/p\/(machines|instances)\/m 1:/),
      ]);
    expect(wrong('domains: {p: {config: {m: 1, m: 2}}}\n')).toEqual([
      expect.stringMatching(/^duplicate-key domains\/p\/config\/m /),
    ]);
    expect(wrong('x: {p: {}, p: {}}\n')).toEqual([expect.stringMatching(/^duplicate-key x\/p /)]);
    expect(read('a: 1\na: 2\n').value).toEqual({ a: 1 });
  });
});

describe('aliases', () => {
  it('stand for what they name, also within lists and as keys', () => {
    expect(good('a: &x {b: 1}\nc: *x\nd: [*x]\n')).toEqual({
      a: { b: 1 },
      c: { b: 1 },
      d: [{ b: 1 }],
    });
    expect(good('a: &name word\n*name : 1\n')).toEqual({ a: 'word', word: 1 });
    // The last anchor of a name above the alias counts.
    expect(good('a: &x 1\nb: *x\nc: &x 2\nd: *x\n')).toEqual({ a: 1, b: 1, c: 2, d: 2 });
  });

  it('of nothing, of what comes later, or of themselves are told', () => {
    expect(wrong('a: *nobody\n')).toHaveLength(1);
    expect(wrong('a: &x {b: *x}\n')).toEqual(['cyclic-alias a/b 1:11']);
    expect(wrong('a: &x [1, *x]\n')).toEqual(['cyclic-alias a/1 1:11']);
  });

  it('that grow beyond all measure end the reading', () => {
    const lines = ['a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]'];
    for (let n = 1; n < 7; n += 1)
      lines.push(`a${n}: &a${n} [${Array.from({ length: 10 }, () => `*a${n - 1}`).join(', ')}]`);
    const { value, problems } = read(lines.join('\n'));
    expect(value).toBeUndefined();
    expect(problems.map(({ code }) => code)).toEqual(['too-many-values']);
  });
});

describe('merged mappings', () => {
  const BASE = 'base: &b {one: 1, two: 2}\nmore: &m {two: 3, three: 4}\n';

  it('add what is not written, wherever they stand', () => {
    expect(good(`${BASE}x: {<<: *b, two: 9}\n`)).toMatchObject({ x: { one: 1, two: 9 } });
    expect(good(`${BASE}x: {two: 9, <<: *b}\n`)).toMatchObject({ x: { one: 1, two: 9 } });
  });

  it('of a list count from the first on', () => {
    expect(good(`${BASE}x: {<<: [*b, *m]}\n`)).toMatchObject({ x: { one: 1, two: 2, three: 4 } });
    expect(good(`${BASE}x: {<<: [*m, *b]}\n`)).toMatchObject({ x: { one: 1, two: 3, three: 4 } });
  });

  it('may be written out, and are a key like any other in quotes', () => {
    expect(good('x: {<<: {one: 1}}\n')).toEqual({ x: { one: 1 } });
    expect(good('x: {"<<": 1}\n')).toEqual({ x: { '<<': 1 } });
  });
});

describe('places', () => {
  it('count from one, and show their line without its end', () => {
    expect(placeOf('a: 1\r\n  \r\nb:\r\n  c: 2\r\n', 'b', 'c')).toEqual({
      file: 'infra.yml',
      line: 4,
      column: 6,
      source: '  c: 2',
    });
    expect(placeOf('a: 1\nb: 2', 'b')).toMatchObject({ line: 2, column: 4, source: 'b: 2' });
    // A carriage return within a line belongs to it.
    expect(placeOf('a: "x\ry"\n', 'a')?.source).toBe('a: "x\ry"');
  });

  it('show no line that is empty or too long', () => {
    expect(placeOf('\na: 1\n')).not.toHaveProperty('source.length', 0);
    expect(placeOf('')).toEqual({ file: 'infra.yml', line: 1, column: 1 });
    const long = (length: number) => `a: ${'x'.repeat(length - 3)}`;
    expect(placeOf(long(300), 'a')?.source).toHaveLength(300);
    expect(placeOf(long(301), 'a')).not.toHaveProperty('source');
  });
});

describe('what is no text that a person wrote', () => {
  it('holds control characters', () => {
    expect(wrong('\u0000a: 1\n')).toEqual(['binary-file  1:1']);
    expect(wrong('a: 1\nb: \u0007\n')).toEqual(['binary-file  2:4']);
    expect(good('a: "\t"\r\n')).toEqual({ a: '\t' });
  });

  it('opens more brackets, or writes more dashes, than anybody reads', () => {
    const nested = (open: string, close: string, times: number) =>
      `${open.repeat(times)}${close.repeat(times)}`;
    expect(read(nested('[', ']', 200)).problems).toEqual([]);
    expect(wrong(nested('[', ']', 201))).toEqual(['too-deep  1:201']);
    expect(wrong(nested('{a: ', '}', 201))).toEqual([expect.stringMatching(/^too-deep /)]);
    // What is closed again does not count, nor does what was never open.
    expect(read(`[${'[],'.repeat(300)}{}]`).problems).toEqual([]);
    expect(read(`[${'{},'.repeat(300)}[]]`).problems).toEqual([]);
    expect(wrong(`a: "${']}'.repeat(300)}"\nb: ${nested('[', ']', 201)}`)).toHaveLength(1);
    expect(wrong(`- `.repeat(200))).toEqual(['too-deep  1:1']);
    expect(wrong(`a:\n  ${'- '.repeat(200)}`)).toEqual([
      expect.stringMatching(/^too-deep {2}[12]:/),
    ]);
    expect(read(`${'- '.repeat(100)}1`).problems).toEqual([]);
  });

  it('does not parse: at most twenty reasons, each in its place', () => {
    expect(wrong('a: [1\nb: 2\n').length).toBeGreaterThan(0);
    expect(read('a: [1\n').value).toBeUndefined();
    expect(read('a: [1\n').placer(['a'])).toMatchObject({ line: 1, column: 1 });
    const many = Array.from({ length: 50 }, (_, n) => `k${n}: @x`).join('\n');
    expect(wrong(many)).toHaveLength(20);
  });
});

describe('what no person writes', () => {
  it.each([
    ['names', 'a, '],
    ['in quotes', '"a", '],
    ['nothing at all', ','],
    ['lists', '[], '],
  ])('a file of more than 100000 values is refused at once: %s', (_, part) => {
    expect(wrong(`domains: [${part.repeat(110_000)}]\n`)).toEqual(['too-many-values  1:1']);
  });

  it('half of a character is told where it stands, in a value and in a key', () => {
    expect(wrong('a: "x \\ud800 y"\n"\\udc00": 1\nb: "\\ud83d\\ude00"\n')).toEqual([
      'half-character a 1:4',
      'half-character  2:1',
    ]);
  });
});
