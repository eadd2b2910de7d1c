import { describe, expect, it } from 'vitest';
import { LineCounter, parseDocument } from 'yaml';
import { RenderedValue } from './rendered-value.ts';
import { placeAt, type Value, YamlValue } from './value.ts';
import { readVariableFile } from './variable-file.ts';

const TOP = { file: 'top.yml', line: 1, column: 1 };

function written(yaml: string): Value {
  const [layer] = readVariableFile('x.yml', Buffer.from(`v: ${yaml}\n`)).layers;
  const value = layer?.variables.get('v');
  if (value === undefined) throw new Error(`not YAML: ${yaml}`);
  return value;
}

/** All that a value answers, without its places. */
function seen(value: Value): unknown {
  return {
    isNull: value.isNull,
    scalar: value.scalar(),
    items: value.items()?.map(seen),
    entries: [...(value.entries() ?? [])].map(([key, item]) => [key, seen(item)]),
    isMapping: value.entries() !== undefined,
  };
}

describe('a value that is known from rendering', () => {
  const values = [
    ...[null, undefined, true, false, 0, -7, 1.5, '', 'a b', '007', 'yes'],
    ...[[], [1, [null, 'a']], {}, { a: 1, b: { c: [{}] }, d: null }],
  ];

  it.each(values.map((data) => ({ data })))('answers as the parsed one does: $data', ({ data }) => {
    const rendered = new RenderedValue(data, TOP, () => undefined);
    expect(seen(rendered)).toEqual(seen(written(JSON.stringify(data ?? null))));
  });

  it('finds its place in the text, at any depth, or says the top of the file', () => {
    const data = { a: [1, { b: 2 }] };
    const text = '{a: [1, {b: 2}]}';
    const inside = (value: Value) => {
      const list = value.entries()?.get('a');
      const mapping = list?.items()?.[1];
      return [value, list, list?.items()?.[0], mapping, mapping?.entries()?.get('b')].map(
        (one) => one?.place,
      );
    };
    const parsed = written(text);
    expect(inside(new RenderedValue(data, TOP, () => parsed))).toEqual(inside(parsed));
    for (const other of [undefined, written('1'), written('{a: 1}')]) {
      const places = inside(new RenderedValue(data, TOP, () => other));
      expect(places.at(-1)).toEqual(TOP);
      expect(places[2]).toEqual(TOP);
    }
  });
});

describe('a value as it was written', () => {
  it.each([
    ['', true],
    ['~', true],
    ['null', true],
    ['"null"', false],
    ['0', false],
    ['false', false],
    ['[]', false],
    // Something is written, though nothing that can be read.
    ['*nowhere', false],
  ])('is nothing or something: %s', (yaml, isNull) => {
    const lines = new LineCounter();
    const text = `v: ${yaml}`;
    const document = parseDocument(text, { version: '1.1', lineCounter: lines });
    const value = new YamlValue({ file: 'x', text, document, lines }, document.get('v', true));
    expect(value.isNull).toBe(isNull);
    if (yaml === '*nowhere')
      expect([value.scalar(), value.items(), value.entries()]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
  });

  it('keeps how it was written', () => {
    const textOf = (yaml: string) => written(yaml).scalar()?.text;
    expect(['007', '1_000', 'Yes', '"a\\tb"', '0x1F', '~'].map(textOf)).toEqual([
      '007',
      '1_000',
      'Yes',
      'a\tb',
      '0x1F',
      '~',
    ]);
  });

  it('of a mapping: the last of equal keys, and below it what is merged in, the first first', () => {
    const keys = (yaml: string) =>
      Object.fromEntries(
        [...(written(yaml).entries() ?? [])].map(([key, value]) => [key, value.scalar()?.value]),
      );
    expect(keys('{a: 1, a: 2}')).toEqual({ a: 2 });
    expect(keys('{<<: {a: 1, b: 1}, b: 2}')).toEqual({ a: 1, b: 2 });
    expect(keys('{b: 2, <<: [{a: 1, b: 1}, {a: 3, c: 3}]}')).toEqual({ b: 2, a: 1, c: 3 });
    expect(keys('{<<: {<<: {a: 1, b: 1}, b: 2}, c: 3}')).toEqual({ a: 1, b: 2, c: 3 });
    expect(keys('{<<: [1, word], a: 1}')).toEqual({ a: 1 });
    expect(keys('{1: a, yes: b, ~: c}')).toEqual({ '1': 'a', yes: 'b', '~': 'c' });
  });

  it('has a place, also where nothing is written', () => {
    const text = 'a: 1\nb:\n  - x\n  - {c: , d: 2}\n';
    const [layer] = readVariableFile('x.yml', Buffer.from(text)).layers;
    const at = (value: Value | undefined) => [value?.place.line, value?.place.column];
    const b = layer?.variables.get('b');
    expect(at(b)).toEqual([3, 3]);
    expect(at(b?.items()?.[0])).toEqual([3, 5]);
    const inner = b?.items()?.[1]?.entries();
    expect([at(inner?.get('c')), at(inner?.get('d'))]).toEqual([
      [4, 9],
      [4, 14],
    ]);
  });
});

describe('a place in a text', () => {
  const at = (text: string, offset: number) => {
    const lines = new LineCounter();
    parseDocument(text, { lineCounter: lines });
    return placeAt({ file: 'x.yml', text, lines }, offset);
  };

  it('shows its line, without a carriage return and unless it is empty or very long', () => {
    expect(at('a: 1\r\nb: 2\r\n', 9)).toEqual({
      file: 'x.yml',
      line: 2,
      column: 4,
      source: 'b: 2',
    });
    expect(at('a: 1\n\nb: 2\n', 5)).toEqual({ file: 'x.yml', line: 2, column: 1 });
    expect(at(`a: ${'x'.repeat(297)}`, 3).source).toHaveLength(300);
    expect(at(`a: ${'x'.repeat(298)}`, 3)).toEqual({ file: 'x.yml', line: 1, column: 4 });
    expect(at('', 0)).toEqual({ file: 'x.yml', line: 1, column: 1 });
  });
});
