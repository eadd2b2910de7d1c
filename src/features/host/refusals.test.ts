import { describe, expect, it } from 'vitest';
import { type Choices, DEFAULTS } from './choices.ts';
import { factsOf } from './facts.fixture.ts';
import type { Facts } from './facts.ts';
import { exitOf, refusals } from './refusals.ts';

const codes = (facts: Facts, choices: Partial<Choices> = {}, ours = false, baseSubnet = '10.100') =>
  refusals(facts, { ...DEFAULTS, ...choices }, { ours, baseSubnet }).map(({ code }) => code);
const INCUS = { state: 'running', pools: ['default'], networks: [], instances: 3 } as const;

describe('what bootstrap refuses', () => {
  it('nothing on a bare host', () => expect(codes(factsOf('debian13'))).toEqual([]));

  it.each([
    ['an unknown distribution', factsOf('unknown'), 'host-unknown-distribution'],
    ['one that is too old', factsOf('debian11'), 'host-distribution-too-old'],
    ['somebody who is not root', factsOf('debian13', { isRoot: false }), 'host-not-root'],
    ['a host without systemd', factsOf('debian13', { systemd: false }), 'host-no-systemd'],
    ['too little disk', factsOf('debian13', { freeBytes: 2 ** 30 }), 'host-disk-full'],
    ['too little memory', factsOf('debian13', { memoryBytes: 2 ** 29 }), 'host-memory-small'],
    ['LXD', factsOf('debian13', { lxd: true }), 'host-lxd'],
    ['a broken apt', factsOf('debian13', { packagesBroken: 'E: x' }), 'host-packages-broken'],
    [
      'a program of others in its place',
      factsOf('debian13', { launcher: 'file' }),
      'host-launcher-taken',
    ],
    ['an Incus of somebody else', factsOf('debian13', { incus: INCUS }), 'host-incus-foreign'],
    [
      'an Incus that does not answer',
      factsOf('debian13', { incus: { ...INCUS, state: 'stopped' } }),
      'host-incus-foreign',
    ],
    [
      'a subnet that the host is in',
      factsOf('debian13', { networks: [{ subnet: '10.100.7.0/24', device: 'vpn0' }] }),
      'host-subnet-taken',
    ],
  ])('P23-01: %s', (_, facts, code) => expect(codes(facts)).toEqual([code]));

  it('all of it at once', () => {
    const facts = factsOf('unknown', { systemd: false, lxd: true, freeBytes: 0 });
    expect(codes(facts)).toHaveLength(4);
  });

  it('an Incus of somebody else is used when asked for, and our own is no stranger', () => {
    const facts = factsOf('debian13', { incus: INCUS });
    expect(codes(facts, { adopt: true })).toEqual([]);
    expect(codes(facts, {}, true)).toEqual([]);
  });

  it('installed and never used, as by the sandbox, is nobody else', () => {
    const incus = { state: 'idle', pools: [], networks: [], instances: 0 } as const;
    expect(codes(factsOf('debian13', { incus }))).toEqual([]);
  });

  it('a wrong answer is for the person to correct: exit 2; the rest is exit 4', () => {
    const of = (facts: Facts) =>
      exitOf(refusals(facts, DEFAULTS, { ours: false, baseSubnet: '10.100' }));
    expect(of(factsOf('debian13', { lxd: true }))).toBe(4);
    const networks = [{ subnet: '10.100.7.0/24', device: 'vpn0' }];
    expect(of(factsOf('debian13', { networks }))).toBe(2);
  });
});
