import { expect, it } from 'vitest';
import type { Desired } from '../../world/tree/index.ts';
import { placeOf, placesOf } from './find.ts';

const domain = (name: string, ...machines: string[]) => ({
  name,
  project: `001-${name}`,
  machines: machines.map((one) => ({ name: one, instance: `001-${one}`, ephemeral: false })),
});
const desired = {
  domains: [domain('pro', 'dev', 'db'), domain('vault', 'vault'), domain('tv', 'box')],
} as unknown as Desired;
const named = (words: string[]) => placesOf(desired, words).map(({ machine }) => machine);

it.each([
  ['dev', 'pro', 'dev'],
  ['001-dev', 'pro', 'dev'],
  ['001-pro/db', 'pro', 'db'],
  ['vault', 'vault', 'vault'],
])('the one machine that %s means', (word, inDomain, machine) => {
  expect(placeOf(desired, word)).toMatchObject({ domain: inDomain, machine, protected: true });
});

it.each([
  ['tv', 'not-a-machine', "'tv' is a domain"],
  ['dev,db', 'not-a-machine', 'several machines'],
  ['all', 'not-a-machine', 'several machines'],
  ['nobody', 'unknown-limit', 'neither'],
])('%s is no single machine', (word, code, words) => {
  const refused = expect.objectContaining({ code, exit: 2 });
  expect(() => placeOf(desired, word)).toThrow(refused);
  expect(() => placeOf(desired, word)).toThrow(words);
});

it('several words: each machine once, in the order of the words', () => {
  expect(named(['box,db', 'pro'])).toEqual(['box', 'db', 'dev']);
  expect(named(['all'])).toEqual(['dev', 'db', 'vault', 'box']);
});
