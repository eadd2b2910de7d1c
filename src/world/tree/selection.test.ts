import { describe, expect, it } from 'vitest';
import { findMachine, selectMachines } from './selection.ts';

const domain = (name: string, ...machines: string[]) => ({
  name,
  project: `001-${name}`,
  machines: machines.map((one) => ({ name: one, instance: `001-${one}` })),
});
const domains = [domain('pro', 'dev', 'db'), domain('home', 'tv'), domain('tv2')];

const meant = (words: string) =>
  selectMachines(domains, words).map(({ domain: { name }, machines, whole }) => [
    name,
    machines.map((one) => one.name),
    whole,
  ]);

describe('one grammar for machines', () => {
  it.each([
    ['pro', [['pro', ['dev', 'db'], true]]],
    ['db', [['pro', ['db'], false]]],
    ['001-db', [['pro', ['db'], false]]],
    ['001-pro/db', [['pro', ['db'], false]]],
    ['001-pro/001-db', [['pro', ['db'], false]]],
    ['pro/db', [['pro', ['db'], false]]],
    [
      'tv,db,dev',
      [
        ['pro', ['dev', 'db'], false],
        ['home', ['tv'], false],
      ],
    ],
    ['db, pro', [['pro', ['dev', 'db'], true]]],
    ['tv2', [['tv2', [], true]]],
    [
      'all',
      [
        ['pro', ['dev', 'db'], true],
        ['home', ['tv'], true],
        ['tv2', [], true],
      ],
    ],
  ])('%s', (words, expected) => {
    expect(meant(words)).toEqual(expected);
  });

  it.each(['', 'd', 'db,', 'home/db', '001-pro/', '/db', 'pro/dev/db', 'All'])(
    '%j means nothing',
    (words) => {
      expect(() => meant(words)).toThrow(
        expect.objectContaining({ code: 'unknown-limit', exit: 2 }),
      );
    },
  );

  it('finds the one machine of a word, and none for a domain', () => {
    expect(findMachine(domains, 'home/tv')?.machine.name).toBe('tv');
    expect(findMachine(domains, 'home')).toBeUndefined();
    expect(findMachine(domains, 'pro/tv')).toBeUndefined();
  });
});
