import { describe, expect, it } from 'vitest';
import type { ForeignRules } from '../../foreign/judge.ts';
import type { Stray } from '../measure.ts';
import { NOTHING_FOUND, type ProofFinding, together } from './finding.ts';
import { foreignFindings } from './foreign.ts';
import { strayFindings } from './strays.ts';

/** A finding as an Englishman reads it; a Frenchman reads as many names. */
const read = (found: readonly ProofFinding[]) =>
  found.map(({ code, place, text, remedy }) => {
    for (const one of [text, remedy]) expect(one.fr).not.toBe('');
    return [code, place, text.en, remedy.en];
  });

describe('B06-14: what rules of others do is told whole', () => {
  const way = (en: string) => ({ en, fr: en });
  const rules = (more: Partial<ForeignRules>): ForeignRules => ({
    ...{
      chain: 'ip mine out',
      does: 'closes',
      rule: 'drop',
      ways: [way('a to b')],
      commands: ['do x', 'do y'],
    },
    ...more,
  });
  const told = (more: Partial<ForeignRules>) => {
    const { findings, notes } = foreignFindings([rules(more)]);
    return [
      findings.length,
      notes.length,
      ...read([...findings, ...notes]).map((one) => one.slice(1)),
    ];
  };

  it.each<[string, Partial<ForeignRules>, number, string, string]>([
    [
      'closes',
      {},
      1,
      'the chain ip mine out closes what should be open (drop): a to b',
      'do x; do y',
    ],
    [
      'may close',
      { does: 'may-close', owner: 'ufw', lasting: way('It lasts.') },
      0,
      'the chain ip mine out (ufw) may close what should be open (drop): a to b',
      'do x; do y (It lasts.)',
    ],
    [
      'closes much',
      { ways: [...'abcde'].map(way) },
      1,
      'the chain ip mine out closes what should be open (drop): a, b, c and 2 more',
      'do x; do y',
    ],
    [
      'closes three',
      { ways: [...'abc'].map(way) },
      1,
      'the chain ip mine out closes what should be open (drop): a, b, c',
      'do x; do y',
    ],
    [
      'copies',
      { does: 'diverts', how: 'copy', rule: 'x'.repeat(130) },
      1,
      `the chain ip mine out sends copies of our packets elsewhere: ${'x'.repeat(120)}`,
      'Take the rule away where it is made; until then: nft flush chain ip mine out',
    ],
    [
      'diverts somehow',
      { does: 'diverts' },
      1,
      'the chain ip mine out sends copies of our packets elsewhere: drop',
      'Take the rule away where it is made; until then: nft flush chain ip mine out',
    ],
    [
      'forwards',
      { does: 'diverts', how: 'forward', chain: 'iptables-legacy mangle X' },
      1,
      'the chain iptables-legacy mangle X sends our packets to another interface, past the isolation rules: drop',
      'Take the rule away where it is made; until then: iptables-legacy -t mangle -F X',
    ],
  ])('%s', (_what, more, findings, text, remedy) => {
    expect(told(more)).toEqual([
      findings,
      1 - findings,
      ['ip mine out', text, remedy].with(0, more.chain ?? 'ip mine out'),
    ]);
  });

  it('each kind of diversion has its words', () => {
    const kinds = ['copy', 'forward', 'translate', 'change', 'hand-over', 'bypass'] as const;
    const texts = kinds.map(
      (how) => foreignFindings([rules({ does: 'diverts', how })]).findings[0]?.text.en,
    );
    expect(new Set(texts).size).toBe(kinds.length);
  });
});

describe('B06-14: packets that stray', () => {
  const stray = (from: string, to: string, ...places: string[]): Stray =>
    ({ probe: { from, to }, places }) as unknown as Stray;
  const owners = new Map([['ank-x', 'x']]);
  const told = (...strays: Stray[]) =>
    read(strayFindings(strays, owners)).map((one) => one.slice(0, 3));

  it('are told once for each place, a machine by its name and its port', () => {
    expect(
      told(stray('a', 'b', 'x', 'ank-x'), stray('a', 'c', 'x'), stray('a', 'b', 'eth0')),
    ).toEqual([
      ['strayed', 'ank-x', 'what is sent a -> b and 1 more also arrives at x (ank-x)'],
      ['strayed', 'eth0', 'what is sent a -> b also arrives at eth0'],
    ]);
    expect(told(stray('a', 'b', 'ank-x', 'x'))).toEqual([
      ['strayed', 'ank-x', 'what is sent a -> b also arrives at x (ank-x)'],
    ]);
    expect(told(stray('a', 'b', 'y', 'y'))).toEqual([
      ['strayed', 'y', 'what is sent a -> b also arrives at y'],
    ]);
    expect(told()).toEqual([]);
  });
});

it('several looks are one, in their order', () => {
  const one = (code: string): ProofFinding => ({ code, place: '' }) as ProofFinding;
  const [a, b, c] = ['a', 'b', 'c'].map(one) as [ProofFinding, ProofFinding, ProofFinding];
  const untested = [{ machine: 'm', reason: { en: 'why', fr: 'pourquoi' } }];
  const last = { findings: [c], notes: [], untested };
  const parts = [{ findings: [a], notes: [b] }, NOTHING_FOUND, last];
  expect(together(...parts)).toEqual({ findings: [a, c], notes: [b], untested });
  expect(together()).toEqual({ findings: [], notes: [], untested: [] });
});
