import { expect, it } from 'vitest';
import { localAlias, parseReference, serverOf } from './reference.ts';

it.each([
  ['images:debian/13', { remote: 'images', alias: 'debian/13' }],
  ['debian/13', { remote: 'images', alias: 'debian/13' }],
  ['local:golden', { remote: 'local', alias: 'golden' }],
  ['probe', { remote: 'images', alias: 'probe' }],
  ['corp:a:b', { remote: 'corp', alias: 'a:b' }],
])('takes %s apart', (reference, expected) => {
  expect(parseReference(reference)).toEqual(expected);
});

it('knows the public image server, and no other by chance', () => {
  expect(serverOf('images')).toMatch(/^https:/);
  expect(serverOf('corp')).toBeUndefined();
  expect(serverOf('constructor')).toBeUndefined();
});

it.each([
  ['images:debian/13', 'container', 'debian/13'],
  ['images:debian/13', 'virtual-machine', 'debian/13/vm'],
  ['local:golden', 'virtual-machine', 'golden'],
] as const)('%s for a %s is %s on the daemon', (reference, type, alias) => {
  expect(localAlias(reference, type)).toBe(alias);
});
