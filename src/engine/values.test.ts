import { describe, expect, it } from 'vitest';
import type { KeyKind } from '../world/infra/index.ts';
import { sameConfig, sameOnDevice, sameValue } from './values.ts';

const both = (kind: KeyKind, a: string | undefined, b: string | undefined) => [
  sameValue(kind, a, b),
  sameValue(kind, b, a),
];

describe('sameValue', () => {
  it.each<[KeyKind, string | undefined, string | undefined]>([
    ['flag', 'true', 'yes'],
    ['flag', '1', 'TRUE'],
    ['flag', 'off', 'false'],
    ['size', '2GiB', '2048MiB'],
    ['size', '2GiB', '2147483648'],
    ['size', '1kB', '1000B'],
    ['number', '010', '10'],
    ['list', 'a, b', 'a,b'],
    ['text', undefined, ''],
  ])('%s: takes %s and %s for the same', (kind, a, b) => {
    expect(both(kind, a, b)).toEqual([true, true]);
  });

  it.each<[KeyKind, string | undefined, string | undefined]>([
    ['flag', 'true', 'false'],
    ['flag', 'true', 'y'],
    ['flag', ' true', 'true'],
    ['flag', undefined, 'false'],
    ['size', '2GB', '2GiB'],
    ['size', '10%', '10'],
    ['size', '5XB', '5'],
    ['size', '9007199254740993', '9007199254740992'],
    ['number', '1', '2'],
    ['number', 'x', 'y'],
    ['list', 'a,b', 'b,a'],
    ['text', 'yes', 'true'],
    ['text', 'a, b', 'a,b'],
    ['text', '1024', '1KiB'],
    ['text', 'hello ', 'hello'],
    ['text', '4', ' 4'],
  ])('%s: tells %s from %s', (kind, a, b) => {
    expect(both(kind, a, b)).toEqual([false, false]);
  });
});

it('case 36: only keys that Incus reads as more than text have several spellings', () => {
  const pairs = [
    ['yes', '1'],
    ['a, b', 'a,b'],
    ['1024', '1KiB'],
    ['hello ', 'hello'],
  ] as const;
  const texts = ['environment.X', 'user.motd', 'raw.lxc', 'cloud-init.user-data', 'limits.cpu'];
  for (const [a, b] of pairs) {
    for (const key of texts) expect([key, sameConfig(key, a, b)]).toEqual([key, false]);
    for (const key of ['source', 'path', 'name', 'listen', 'raw.mount.options'])
      expect([key, sameOnDevice(key, a, b)]).toEqual([key, false]);
  }
  expect(sameConfig('security.nesting', 'yes', '1')).toBe(true);
  expect(sameConfig('limits.memory', '1024', '1KiB')).toBe(true);
  expect(sameConfig('size', '1GiB', '1024MiB')).toBe(true);
  expect(sameOnDevice('security.acls', 'a, b', 'a,b')).toBe(true);
  expect(sameOnDevice('readonly', 'on', 'true')).toBe(true);
});
