import { describe, expect, it } from 'vitest';
import { sectionOf } from './managed-section.ts';
import { readVariableFile } from './variable-file.ts';

const SECTION_BEGIN = '# === MANAGED BY infra.yml ===';
const SECTION_END = '# === END MANAGED ===';

const read = (text: string, encoding: BufferEncoding = 'utf8') =>
  readVariableFile('host_vars/web.yml', Buffer.from(text, encoding));
const section = (...lines: string[]) => [SECTION_BEGIN, ...lines, SECTION_END, ''].join('\n');
const found = (text: string) =>
  read(text).layers.map(({ managed, variables }) => [
    managed,
    Object.fromEntries([...variables].map(([name, value]) => [name, value.scalar()?.value])),
  ]);
const told = (text: string, encoding?: BufferEncoding) =>
  read(text, encoding).problems.map(
    ({ code, severity, path, place }) =>
      `${severity} ${code} ${path.join('.')} ${place?.file}:${place?.line}:${place?.column}`,
  );
const placeOf = (text: string, name: string) => {
  const value = read(text)
    .layers.map(({ variables }) => variables.get(name))
    .find((one) => one !== undefined);
  return value && [value.place.line, value.place.column, value.place.source];
};

describe('the parts of a file', () => {
  it('are the lines of the user, which come first, and the managed ones', () => {
    expect(found(`a: 1\n${section('a: 2', 'b: 3')}c: 4\n`)).toEqual([
      [false, { a: 1, c: 4 }],
      [true, { a: 2, b: 3 }],
    ]);
    expect(found('a: yes\n')).toEqual([[false, { a: true }]]);
    expect(found(section('b: 3'))).toEqual([[true, { b: 3 }]]);
    expect(read('a: 1\n').layers).toMatchObject([{ file: 'host_vars/web.yml', managed: false }]);
  });

  it('are none where nothing but comments and markers is written, or all is encrypted', () => {
    for (const text of [
      '',
      '\n',
      '# words\n',
      '---\n',
      '---\n# words\n  # more\n',
      '--- # words\n',
    ])
      expect(read(text)).toEqual({ layers: [], problems: [] });
    expect(read('$ANSIBLE_VAULT;1.1;AES256\n3132\n')).toEqual({ layers: [], problems: [] });
    expect(found('# $ANSIBLE_VAULT\na: 1\n')).toEqual([[false, { a: 1 }]]);
    expect(found('---\na: 1\n')).toEqual([[false, { a: 1 }]]);
    expect(found('--- {a: 1}\n')).toEqual([[false, { a: 1 }]]);
  });

  it('keep their places in the file', () => {
    const text = `# mine\na: 1\n${section('b: 2', 'c: 3')}\nd: 4\n`;
    expect(placeOf(text, 'a')).toEqual([2, 4, 'a: 1']);
    expect(placeOf(text, 'b')).toEqual([4, 4, 'b: 2']);
    expect(placeOf(text, 'c')).toEqual([5, 4, 'c: 3']);
    expect(placeOf(text, 'd')).toEqual([8, 4, 'd: 4']);
  });

  it('a section that stands as it was written is known without being read', () => {
    const content = 'b: 2\nc: [3]\n';
    const rendered = { path: 'host_vars/web.yml', content, variables: { b: 'known', c: [3] } };
    const file = (inside: string) =>
      readVariableFile(
        'host_vars/web.yml',
        Buffer.from(`a: 1\n${SECTION_BEGIN}\n${inside}${SECTION_END}\n`, 'latin1'),
        rendered as never,
      );
    const [, same] = file(sectionOf(content)).layers;
    expect(same?.managed).toBe(true);
    expect(same?.variables.get('b')?.scalar()?.value).toBe('known');
    // Its place is looked for only when it is asked for.
    expect(same?.variables.get('b')?.place.source).toBe('b: 2');
    expect(same?.variables.get('c')?.items()?.[0]?.place.source).toBe('c: [3]');
    const [, edited] = file('b: 9\nc: [3]\n').layers;
    expect(edited?.variables.get('b')?.scalar()?.value).toBe(9);
  });
});

describe('a line of the user above the section', () => {
  it('counts here and is told, as Ansible takes the other; one below is not', () => {
    expect(told(`a: 1\nb: 1\n${section('a: 2')}`)).toEqual([
      'warning tree-line-above a host_vars/web.yml:1:4',
    ]);
    expect(told(`${section('a: 2')}a: 1\n`)).toEqual([]);
    expect(told(`b: 1\n${section('a: 2')}`)).toEqual([]);
    const { message } = read(`"a\\u001b[2J": 1\n${section('"a\\u001b[2J": 2')}`).problems[0] ?? {};
    expect(message?.en).not.toContain('\u001b');
    expect(message?.en).toContain('stands above the managed section');
  });
});

describe('what cannot be read', () => {
  it('is told where it stands', () => {
    expect(told('a: 1\nb: [1\n')).toEqual([
      expect.stringMatching(/^error tree-syntax {2}host_vars\/web\.yml:[23]:1$/),
    ]);
    expect(told('- a\n- b\n')).toEqual(['error tree-not-variables  host_vars/web.yml:1:1']);
    expect(told('# words\n\nword\n')).toEqual(['error tree-not-variables  host_vars/web.yml:3:1']);
    expect(told('a: 1\nb: \xe9\n', 'latin1')).toEqual([
      'error tree-not-utf8  host_vars/web.yml:2:1',
    ]);
    expect(told(`${SECTION_BEGIN}\na: 1\n`)).toHaveLength(1);
    for (const text of ['- a\n', 'a: [1\n', `${SECTION_BEGIN}\na: 1\n`])
      expect(read(text).layers).toEqual([]);
  });

  it('in one part leaves the other', () => {
    expect(found(`a: [1\n${section('b: 2')}`)).toEqual([[true, { b: 2 }]]);
    expect(found(`a: 1\n${section('b: [2')}`)).toEqual([[false, { a: 1 }]]);
    expect(told(`a: [1\n${section('b: [2')}`)).toHaveLength(2);
  });

  it('a second document is passed over and told', () => {
    expect(told('a: 1\n---\nb: 2\n')).toEqual([
      'warning tree-second-document  host_vars/web.yml:2:1',
    ]);
    expect(found('a: 1\n---\nb: 2\n')).toEqual([[false, { a: 1 }]]);
  });

  it('with many faults is told in few', () => {
    const many = Array.from({ length: 30 }, (_, n) => `k${n}: @x`).join('\n');
    expect(told(many)).toHaveLength(5);
  });
});

it('of equal keys the last counts, and what is merged in comes after what is written', () => {
  expect(found('a: 1\na: 2\n')).toEqual([[false, { a: 2 }]]);
  expect(found('base: &b {x: 1, y: 2}\n<<: *b\ny: 3\n')).toMatchObject([[false, { x: 1, y: 3 }]]);
});
