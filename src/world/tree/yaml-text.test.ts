import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { variablesText, yamlText } from './yaml-text.ts';

const PITFALLS = [
  '',
  ' ',
  'yes',
  'No',
  'on',
  'y',
  'N',
  'true',
  'null',
  'Null',
  '~',
  '0o7',
  '007',
  '0x1F',
  '0b1',
  '1_000',
  '1:30',
  '190:20:30',
  '2024-01-01',
  '2024-01-01T00:00:00Z',
  '.5',
  '.inf',
  '.nan',
  '1e3',
  '1.0',
  '+1',
  '-',
  '--- a',
  '---',
  '...',
  '- a',
  'a: b',
  'a:',
  ':a',
  'a #b',
  '#a',
  '@a',
  '`a`',
  '%a',
  '&a',
  '*a',
  '!a',
  '|',
  '>',
  '?',
  '? a',
  '=',
  '<<',
  '[a]',
  '{a}',
  '{{ role_port }}',
  "it's",
  '"',
  '\\',
  'a\tb',
  '\ta',
  'a ',
  ' a',
  'a\n',
  'a\nb',
  '\na',
  'a\n\n',
  'a\n b\n',
  'a \nb',
  ' a\nb',
  'a\r\nb',
  '\r',
  'é',
  'Œuvre',
  '中文',
  '😀',
  '\u0085',
  '\u2028',
  '\u2029',
  '\ufeff',
  '\u00a0',
  '\u0000',
  '\u001b[2J',
  '\u007f',
  '\ufffe',
  '\ud800',
  'images:debian/13',
  '10.100',
  '10.100.3.1',
  '10.100.3.0/24',
  '# === END MANAGED ===',
  'a\n# === END MANAGED ===\nb\n',
  '# === MANAGED BY infra.yml ===\n',
  'x'.repeat(2000),
  'a  b',
  'a\n---\nb',
  'a\n...\n',
  'a:b',
  'a:/b',
  'http://x/',
  "a'b",
  ',a',
  'a, b',
  '(a)',
];

const hasPython = spawnSync('python3', ['-c', 'import yaml']).status === 0;

/** What Ansible's parser makes of some texts, as JSON. */
function readWithPyYaml(texts: readonly string[]): unknown[] {
  const program =
    'import json,sys,yaml\nprint(json.dumps([yaml.safe_load(t) for t in json.load(sys.stdin)]))';
  const answer = spawnSync('python3', ['-c', program], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (answer.status !== 0) throw new Error(answer.stderr);
  return JSON.parse(answer.stdout) as unknown[];
}

const word = fc.oneof(
  fc.constantFrom(...PITFALLS),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom(...' \t\n\r:#-\'"\\{}[],&*!|>%@`~?=0179ey._é'),
    maxLength: 12,
  }),
);
const leaf = fc.oneof(
  word,
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(word, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const mapping = fc.dictionary(word, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true });

describe('yamlText', () => {
  it('P01-04: every pitfall of YAML 1.1 and 1.2 survives as key, value, element and nested value', () => {
    for (const text of PITFALLS) {
      const data = {
        [text]: text,
        list: [text, [text], { [text]: text }],
        deep: { a: { [text]: text } },
      };
      const written = yamlText(data);
      expect(parse(written)).toEqual(data);
      expect(parse(written, { version: '1.1' })).toEqual(data);
    }
  });

  it('P01-04 P18b-04: any data survives a YAML 1.2 reader', () => {
    fc.assert(
      fc.property(mapping, (data) => {
        expect(parse(yamlText(data))).toEqual(withoutMinusZero(data));
      }),
      { seed: 1, numRuns: 600 },
    );
  }, 30_000);

  it.skipIf(!hasPython)(
    "P01-04: any data survives Ansible's YAML 1.1 reader (needs python3 with yaml)",
    () => {
      const worlds = fc.sample(mapping, { seed: 2, numRuns: 1500 });
      const all = [...worlds, ...PITFALLS.map((text) => ({ [text]: text, list: [text] }))];
      const back = readWithPyYaml(all.map((data) => yamlText(data)));
      for (const [i, data] of all.entries()) expect(back[i]).toEqual(withoutMinusZero(data));
    },
    30_000,
  );

  it('P18b-04: writes no line that could pass for a marker or a second document', () => {
    fc.assert(
      fc.property(mapping, (data) => {
        for (const line of yamlText(data).split('\n')) expect(line).not.toMatch(/^(#|---|\.\.\.)/);
      }),
      { seed: 3 },
    );
  }, 30_000);

  it.each<[unknown, string]>([
    [7, ' 7'],
    [1.5, ' 1.5'],
    // Without a dot, the 1.1 reader takes it for a text.
    [1e21, ' 1.0e+21'],
    [1.5e-7, ' 1.5e-7'],
    [0, ' 0'],
    [-0, ' -0.0'],
    [Number.NaN, ' .nan'],
    [Number.POSITIVE_INFINITY, ' .inf'],
    [Number.NEGATIVE_INFINITY, ' -.inf'],
    [10n, ' 10'],
    [true, ' true'],
    [false, ' false'],
    [null, ' null'],
    [undefined, ' null'],
    [{}, ' {}'],
    [[], ' []'],
    [['a', 1], '\n  - a\n  - 1'],
    [[[1], []], '\n  -\n    - 1\n  - []'],
    [[{ a: 1, b: [2] }, {}, null], '\n  - a: 1\n    b:\n      - 2\n  - {}\n  - null'],
    [{ a: { b: {} } }, '\n  a:\n    b: {}'],
    ['', ' ""'],
    ['a b', ' a b'],
    ['10.0.0.1', ' 10.0.0.1'],
    ['yes', ' "yes"'],
    ['Null', ' "Null"'],
    ['yesterday', ' yesterday'],
    ['"\\', ' "\\"\\\\"'],
    ['a\tb\r', ' "a\\tb\\r"'],
    ['\u0000\u0085\ufeff', ' "\\u0000\\u0085\\ufeff"'],
    ['😀', ' "😀"'],
    ['\ud83d', ' "\\ud83d"'],
    ['\ude00', ' "\\ude00"'],
    ['a\nb\n', ' |\n  a\n  b'],
    ['a\nb', ' |-\n  a\n  b'],
    ['ab c\n\nb', ' |-\n  ab c\n\n  b'],
    ['a\nb\n\n', ' "a\\nb\\n\\n"'],
    ['a \nb', ' "a \\nb"'],
    ['a\nb\t\nc', ' "a\\nb\\t\\nc"'],
    [' a\nb', ' " a\\nb"'],
    ['\na', ' "\\na"'],
    ['a\nb\u0000', ' "a\\nb\\u0000"'],
    ['x'.repeat(999), ` ${'x'.repeat(999)}`],
    ['x'.repeat(1000), ` "${'x'.repeat(1000)}"`],
  ])('writes $0 in one way', (value, written) => {
    expect(yamlText({ k: value })).toBe(`k:${written}\n`);
  });

  it('asks with a question mark for a key that readers would give up on', () => {
    const [longest, long] = ['x'.repeat(999), 'x'.repeat(1000)];
    expect(yamlText({ [longest]: 1, [long]: { a: { [long]: 2 } } })).toBe(
      `${longest}: 1\n? "${long}"\n:\n  a:\n    ? "${long}"\n    : 2\n`,
    );
  });

  it('writes a value twice that stands there twice', () => {
    const same = { a: [1] };
    expect(parse(yamlText({ x: same, y: [same, same] }))).toEqual({ x: same, y: [same, same] });
  });

  it('refuses a value that contains itself', () => {
    const loop: Record<string, unknown> = {};
    loop.self = [loop];
    expect(() => yamlText({ loop })).toThrow(expect.objectContaining({ code: 'cyclic-value' }));
    expect(() => yamlText({ list: loop.self })).toThrow(/contains itself/);
  });
});

describe('variablesText', () => {
  /** Ansible's own reader, as far as it goes by tags: what it would take for a template. */
  const templatesIn = (texts: readonly string[]) => {
    const program = `import json,sys,yaml
class Loader(yaml.SafeLoader): pass
class Unsafe(str): pass
Loader.add_constructor('!unsafe', lambda l, n: Unsafe(l.construct_scalar(n)))
def walk(v):
    if isinstance(v, dict):
        for k, w in v.items(): yield from walk(k); yield from walk(w)
    elif isinstance(v, list):
        for w in v: yield from walk(w)
    elif isinstance(v, str) and not isinstance(v, Unsafe): yield v
docs=[yaml.load(t, Loader) for t in json.load(sys.stdin)]
print(json.dumps({'data': docs, 'trusted': [list(walk(d)) for d in docs]}))`;
    const answer = spawnSync('python3', ['-c', program], {
      input: JSON.stringify(texts),
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (answer.status !== 0) throw new Error(answer.stderr);
    return JSON.parse(answer.stdout) as { data: unknown[]; trusted: string[][] };
  };
  const brace = fc.string({ unit: fc.constantFrom(...'{{{%#}\n a:"'), maxLength: 8 });
  const { value: braced } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.oneof(brace, word),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.oneof(brace, word), tie('value'), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));

  it.skipIf(!hasPython)(
    'B07-04: no text of any shape, key or value, is left for Ansible to evaluate',
    () => {
      const values = fc.sample(braced, { seed: 4, numRuns: 1500 });
      const { data, trusted } = templatesIn(
        values.map((one) => variablesText({ k: one }, new Set())),
      );
      for (const [i, one] of values.entries()) {
        expect(data[i]).toEqual({ k: withoutMinusZero(one) });
        for (const text of trusted[i] ?? []) expect(text).not.toMatch(/\{|^[%#]/);
      }
    },
    30_000,
  );

  it('marks nothing in the variables that are templates', () => {
    const data = { port: '{{ site_port }}', note: '{{ site_port }}', pair: { '{': '%' } };
    expect(variablesText(data, new Set(['port', 'pair']))).toBe(
      'port: "{{ site_port }}"\nnote: !unsafe "{{ site_port }}"\npair:\n  "{": "%"\n',
    );
  });
});

/** JSON and YAML readers differ on the sign of zero, and nobody else cares. */
function withoutMinusZero(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data)) as unknown;
}
