import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignHosts, assignSubnets } from './addressing.ts';

const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), { maxLength: 60 });
const taken = fc.uniqueArray(fc.nat(254), { maxLength: 100 });

describe('chosen subnets', () => {
  // Matrix: IN-102
  it('P18b-04: are free, distinct and the same in any order', () => {
    fc.assert(
      fc.property(names, taken, (domains, used) => {
        const chosen = assignSubnets(domains, new Set(used));
        expect(chosen.size).toBe(domains.length);
        expect(new Set(chosen.values()).size).toBe(domains.length);
        for (const id of chosen.values()) expect(used).not.toContain(id);
        const reversed = assignSubnets([...domains].reverse(), new Set(used));
        expect(Object.fromEntries(reversed)).toEqual(Object.fromEntries(chosen));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  // Matrix: IN-204
  it('hardly ever move when a domain is added', () => {
    let moved = 0;
    for (let i = 0; i < 400; i++) {
      const domains = Array.from({ length: 5 }, (_, k) => `domain-${i}-${k}`);
      const before = assignSubnets(domains, new Set());
      const after = assignSubnets([...domains, `newcomer-${i}`], new Set());
      if (domains.some((name) => before.get(name) !== after.get(name))) moved++;
    }
    expect(moved / 400).toBeLessThan(0.04);
  });

  it('run out after 252 and then leave names without a number', () => {
    const domains = Array.from({ length: 300 }, (_, i) => `d${i}`);
    expect(assignSubnets(domains, new Set()).size).toBe(252);
  });
});

it('chosen hosts keep clear of gateways and firewalls', () => {
  const machines = Array.from({ length: 300 }, (_, i) => `m${i}`);
  const chosen = [...assignHosts(machines, new Set([253, 254])).values()];
  expect(chosen.length).toBe(248);
  expect(Math.min(...chosen)).toBe(2);
  expect(Math.max(...chosen)).toBe(251);
});

it('stays the same from release to release', () => {
  expect(
    Object.fromEntries(assignSubnets(['pro', 'perso', 'lab'], new Set())),
  ).toMatchInlineSnapshot(`
    {
      "lab": 77,
      "perso": 92,
      "pro": 85,
    }
  `);
});
