import { describe, expect, it } from 'vitest';
import {
  config,
  devices,
  field,
  fields,
  flag,
  listOf,
  Mismatch,
  mapOf,
  oneOf,
  type Parse,
  requiredField,
  text,
  wholeNumber,
} from './parse.ts';
import { describedMachines } from './read-described.ts';
import {
  absolutePath,
  address,
  address6,
  bridgeName,
  instanceName,
  isHostName,
  network,
  network6,
  objectName,
  rangeOf,
} from './shapes.ts';
import type { Value } from './value.ts';
import { readVariableFile } from './variable-file.ts';

/** The value of `v: ...` as it stands in a file. */
function written(yaml: string): Value {
  const [layer] = readVariableFile('x.yml', Buffer.from(`v: ${yaml}\n`)).layers;
  const value = layer?.variables.get('v');
  if (value === undefined) throw new Error(`not YAML: ${yaml}`);
  return value;
}

/** What a parser makes of a text, or what it says that it wants instead. */
function parsed(parse: Parse<unknown>, yaml: string): unknown {
  try {
    return parse(written(yaml));
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    return `wants ${error.wanted.en}`;
  }
}

const small = wholeNumber(2, 5);
const kind = oneOf(['lxc', 'vm']);
const aText = 'wants a text';
const aFlag = 'wants true or false';
const aNumber = 'wants a whole number from 2 to 5';
const aKind = 'wants one of: lxc, vm';

describe('a value', () => {
  it.each<[string, Parse<unknown>, string, unknown]>([
    ['a text is what was written', text, 'a b', 'a b'],
    ['a text in quotes', text, '"a\\tb"', 'a\tb'],
    ['a number keeps its zeros as text', text, '007', '007'],
    ['a yes keeps its spelling as text', text, 'yes', 'yes'],
    ['no text is a list', text, '[a]', aText],
    ['nor a mapping', text, '{a: 1}', aText],
    ['nor nothing', text, '', aText],
    ['a flag is true', flag, 'true', true],
    ['or no, as YAML 1.1 has it', flag, 'no', false],
    ['no flag is a quoted one', flag, '"true"', aFlag],
    ['nor a number', flag, '1', aFlag],
    ['nor a list', flag, '[true]', aFlag],
    ['the least number counts', small, '2', 2],
    ['and the most', small, '5', 5],
    ['one below the least does not', small, '1', aNumber],
    ['nor one above the most', small, '6', aNumber],
    ['nor a broken one', small, '2.5', aNumber],
    ['nor a quoted one', small, '"3"', aNumber],
    ['nor a list', small, '[3]', aNumber],
    ['nor not a number at all', small, '.nan', aNumber],
    ['a word of several', kind, 'vm', 'vm'],
    ['in quotes too', kind, '"lxc"', 'lxc'],
    ['another word', kind, 'jail', aKind],
    ['a list of words', kind, '[vm]', aKind],
    ['a list, each by itself', listOf(text), '[a, 1, no]', ['a', '1', 'no']],
    ['an empty list', listOf(text), '[]', []],
    ['a list with a wrong one', listOf(flag), '[true, 1]', aFlag],
    ['no list', listOf(text), 'a', 'wants a list'],
    [
      'pairs in their order',
      mapOf(text),
      '{b: 1, a: 2}',
      [
        ['b', '1'],
        ['a', '2'],
      ],
    ],
    ['no pairs', mapOf(text), '[a]', 'wants a mapping'],
    ['no fields', fields, 'a', 'wants a mapping'],
    [
      'settings of Incus are texts',
      config,
      '{a: 007, b: on, c: off, d: }',
      { a: '007', b: 'true', c: 'false', d: '' },
    ],
    ['a setting is no list', config, '{a: [1]}', aText],
    [
      'devices are settings by name',
      devices,
      '{d: {type: none}, e: {}}',
      { d: { type: 'none' }, e: {} },
    ],
    ['a device is no text', devices, '{d: none}', 'wants a mapping'],
  ])('%s', (_, parse, yaml, result) => {
    expect(parsed(parse, yaml)).toEqual(result);
  });

  it('that is wrong is named itself, not the list or mapping around it', () => {
    const wrongAt = (parse: Parse<unknown>, yaml: string) => {
      try {
        return parse(written(yaml));
      } catch (error) {
        return error instanceof Mismatch ? error.value.place.column : error;
      }
    };
    expect(wrongAt(listOf(flag), '[true, 1]')).toBe(11);
    expect(wrongAt(devices, '{d: {a: [1]}}')).toBe(12);
  });
});

describe('a field of a mapping', () => {
  const optional: Parse<unknown> = (value) => field(fields(value), 'a', flag, 'nothing said');
  const required: Parse<unknown> = (value) => requiredField(value, fields(value), 'a', flag);

  it.each([
    ['{a: false}', false, false],
    ['{a: }', 'nothing said', "wants a mapping with 'a'"],
    ['{b: true}', 'nothing said', "wants a mapping with 'a'"],
    ['{a: 1}', aFlag, aFlag],
  ])('of %s', (yaml, ifOptional, ifRequired) => {
    expect(parsed(optional, yaml)).toEqual(ifOptional);
    expect(parsed(required, yaml)).toEqual(ifRequired);
  });
});

describe('the shapes', () => {
  const long = 'a'.repeat(63);

  it.each<[string, Parse<string>, readonly string[], readonly string[]]>([
    [
      'of a project, profile or volume',
      objectName,
      ['a', '_a', '0', 'A.b@c+d-e', long],
      ['-a', '.a', 'a/b', 'a b', '../a', `${long}a`, '"a\\n"', 'é'],
    ],
    [
      'of an instance',
      instanceName,
      ['a', '7a', 'a-7', 'A-b-C', long],
      ['-a', 'a-', '7', '123', 'a_b', 'a.b', `${long}a`, '"a\\n"'],
    ],
    [
      'of a bridge',
      bridgeName,
      ['br', 'net-pro', 'a.b_c', '...', 'a'.repeat(15)],
      ['b', '.', '..', 'a/b', 'a b', 'a'.repeat(16)],
    ],
    ['of a path', absolutePath, ['/', '/a b/c'], ['a', './a', '"/a\\0"', '" /a"']],
    [
      'of an address',
      address,
      ['0.0.0.0', '10.100.3.1', '255.255.255.255'],
      [
        'x10.0.0.1',
        '10.0.0.1x',
        '10.0.0',
        '10.0.0.0.1',
        '10.0.0.256',
        '10.0.0.01',
        '"10.0.0.1."',
        '"10.0.0.1 "',
        'a.b.c.d',
      ],
    ],
    [
      'of a network',
      network,
      ['10.100.3.0/24', '10.0.0.4/30', '128.0.0.0/1', '10.0.0.0/9', '10.0.0.0/20'],
      [
        '10.0.0.1/24',
        '10.0.0.0',
        '10.0.0.0/',
        '10.0.0.0/24/1',
        '10.0.0.0/0',
        '10.0.0.0/31',
        '10.0.0.0/x24',
        '10.0.0.0/24x',
      ],
    ],
    ['of an IPv6 address', address6, ['fd12:3456:789a:3::1'], ['fd12::1::2', '10.0.0.1', 'word']],
    [
      'of an IPv6 network',
      network6,
      ['fd12:3456:789a:3::/64'],
      ['fd12:3456:789a:3::1', 'fd12:3456:789a:3::/48', 'word'],
    ],
  ])('%s', (_, parse, good, bad) => {
    for (const one of good) expect([one, parsed(parse, `"${one}"`)]).toEqual([one, one]);
    for (const one of bad)
      expect([one, parsed(parse, one.startsWith('"') ? one : `"${one}"`)]).toEqual([
        one,
        expect.stringMatching(/^wants an? /),
      ]);
  });

  it('an IPv6 address and network get the form that the kernel prints', () => {
    expect(parsed(address6, '"FD12:3456:789A:0003:0:0:0:1"')).toBe('fd12:3456:789a:3::1');
    expect(parsed(network6, '"FD12:3456:789A:3:0::/64"')).toBe('fd12:3456:789a:3::/64');
  });

  it('a network has a first and a last address', () => {
    expect(rangeOf('10.100.3.0/24')).toMatchObject({ first: 0x0a640300, last: 0x0a6403ff });
    expect(rangeOf('0.0.0.0/1')).toMatchObject({ first: 0, last: 0x7fffffff });
    expect(rangeOf('255.255.255.252/30')).toMatchObject({ first: 0xfffffffc, last: 0xffffffff });
    for (const other of ['', '/', '10.0.0.0', '10.0.0.0/24/', '10.0.0.1/24', '256.0.0.0/8'])
      expect([other, rangeOf(other)]).toEqual([other, undefined]);
  });

  it('a host of an inventory is called like an instance', () => {
    expect(['web', '7', 'a_b'].map(isHostName)).toEqual([true, false, false]);
  });
});

it('a machine that is described and left alone has a name, a domain and a place in Incus', () => {
  const least = 'name: n, domain: d, project: p, instance: i';
  const one = { name: 'n', domain: 'd', project: 'p', instance: 'i' };
  expect(parsed(describedMachines, `[{${least}}]`)).toEqual([
    { ...one, type: 'lxc', description: '' },
  ]);
  expect(
    parsed(describedMachines, `[{${least}, type: vm, ip: 10.0.0.1, description: old}]`),
  ).toEqual([{ ...one, type: 'vm', ip: '10.0.0.1', description: 'old' }]);
  for (const key of Object.keys(one))
    expect(parsed(describedMachines, `[{${least.replace(`${key}:`, 'x:')}}]`)).toBe(
      `wants a mapping with '${key}'`,
    );
});
