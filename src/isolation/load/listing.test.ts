import { describe, expect, it } from 'vitest';
import { sameRules } from './listing.ts';

const rule = (...expr: object[]) => [
  { rule: { family: 'inet', table: 'anklume', chain: 'forward', handle: expr.length, expr } },
];
const drop = { drop: null };

describe('sameRules', () => {
  it('does not look at what was counted, nor at handles', () => {
    const counted = rule({ counter: { packets: 5, bytes: 205 } }, drop);
    expect(sameRules(counted, rule({ counter: null }, drop))).toBe(true);
    expect(sameRules(counted, rule({ counter: { packets: 0, bytes: 0 } }, drop))).toBe(true);
  });

  it('sees that a rule no longer counts, counts elsewhere or decides otherwise', () => {
    const counting = rule({ counter: null }, drop);
    expect(sameRules(counting, rule(drop))).toBe(false);
    expect(sameRules(counting, rule({ counter: 'other' }, drop))).toBe(false);
    expect(sameRules(counting, rule({ counter: null }, { accept: null }))).toBe(false);
  });
});
