import { describe, expect, it } from 'vitest';
import { codesOf, loadText } from './load-text.test-kit.ts';

const world = (global: string, domains: string) =>
  loadText(`project_name: z\nglobal: ${global}\ndomains:\n${domains}`);
const networks = (loaded: ReturnType<typeof loadText>) =>
  Object.fromEntries((loaded.infra?.domains ?? []).map(({ name, subnet }) => [name, subnet]));

const LEVELS = ['admin', 'trusted', 'semi-trusted', 'untrusted', 'disposable'];
const one = (name: string, more = '') => `  ${name}: { ${more}machines: { ${name}-1: {} } }\n`;

describe('B07-08: addressing by trust level', () => {
  it('puts the zone into the second octet and counts domains in the third, by name', () => {
    const domains = LEVELS.flatMap((level) =>
      ['b', 'a'].map((letter) => one(`${letter}-${level}`, `trust_level: ${level}, `)),
    ).join('');
    expect(networks(world('{ addressing: {} }', domains))).toEqual({
      'a-admin': '10.100.0.0/24',
      'b-admin': '10.100.1.0/24',
      'a-trusted': '10.110.0.0/24',
      'b-trusted': '10.110.1.0/24',
      'a-semi-trusted': '10.120.0.0/24',
      'b-semi-trusted': '10.120.1.0/24',
      'a-untrusted': '10.140.0.0/24',
      'b-untrusted': '10.140.1.0/24',
      'a-disposable': '10.150.0.0/24',
      'b-disposable': '10.150.1.0/24',
    });
  });

  it('takes a base of its own, and a domain without a level as semi-trusted', () => {
    const loaded = world('{ addressing: { base_octet: 172, zone_base: 0 } }', one('pro'));
    expect(networks(loaded)).toEqual({ pro: '172.20.0.0/24' });
    expect(codesOf(loaded)).toEqual([]);
  });

  it('counts machines from .1 in the order of the file, around those that have an address', () => {
    const { infra } = world(
      '{ addressing: {} }',
      '  pro:\n    machines:\n      z: {}\n      b: { ip: 10.120.0.2 }\n      a: {}\n      c: { ip: 10.120.0.9 }\n',
    );
    const found = infra?.domains[0]?.machines.map(({ name, ip }) => `${name} ${ip}`);
    expect(found).toEqual(['a 10.120.0.3', 'b 10.120.0.2', 'c 10.120.0.9', 'z 10.120.0.1']);
    expect(infra?.domains[0]?.gateway).toBe('10.120.0.254');
  });

  it('keeps a subnet_id, within its zone, and counts the others around it', () => {
    const loaded = world(
      '{ addressing: {} }',
      one('a') + one('b', 'subnet_id: 0, ') + one('c', 'subnet_id: 0, trust_level: admin, '),
    );
    expect(networks(loaded)).toEqual({
      a: '10.120.1.0/24',
      b: '10.120.0.0/24',
      c: '10.100.0.0/24',
    });
    const twins = one('a', 'subnet_id: 3, ') + one('b', 'subnet_id: 3, ');
    expect(codesOf(world('{ addressing: {} }', twins))).toContain('duplicate-subnet');
  });

  it('gives IPv6 networks that do not meet, and disabled domains a place', () => {
    const { infra } = world(
      '{ addressing: {} }',
      one('a', 'ipv6: true, trust_level: admin, ') +
        one('b', 'ipv6: true, ') +
        one('c', 'enabled: false, ') +
        one('d'),
    );
    const six = infra?.domains.flatMap(({ ipv6 }) => ipv6?.subnet ?? []);
    expect(new Set(six).size).toBe(2);
    expect(infra?.domains.find(({ name }) => name === 'd')?.subnet).toBe('10.120.2.0/24');
  });

  it.each([
    ['{ addressing: { base_octet: 127 } }', 'invalid-base-subnet'],
    ['{ addressing: { base_octet: 0 } }', 'invalid-octet'],
    ['{ addressing: { zone_base: 206 } }', 'invalid-octet'],
    ['{ addressing: { zone_base: -1 } }', 'invalid-octet'],
    ['{ addressing: { base_octet: 8 } }', 'public-base-subnet'],
    ['{ addressing: [10] }', 'wrong-type'],
    ['{ addressing: { bas_octet: 10 } }', 'unknown-key'],
  ])('%s: %s', (global, code) => {
    expect(codesOf(world(global, one('pro')))).toContain(code);
  });

  it('tells an address outside of the zone', () => {
    const text = '  pro: { machines: { a: { ip: 10.100.0.5 } } }\n';
    expect(codesOf(world('{ addressing: {} }', text))).toContain('address-outside-subnet');
  });

  it('B06-05: a proxy of the host to a machine of any zone leads past the isolation rules', () => {
    const proxy = (connect: string) =>
      `  lab:\n    machines:\n      lab-1: { devices: { p: { type: proxy, bind: instance, listen: "tcp::80", connect: "tcp:${connect}:80" } } }\n`;
    const errors = (connect: string) =>
      world('{ addressing: {} }', one('pro', 'trust_level: trusted, ') + proxy(connect))
        .problems.filter(({ severity }) => severity === 'error')
        .map(({ code }) => code);
    expect(errors('10.110.0.1')).toEqual(['dangerous-setting']);
    expect(errors('10.120.0.1')).toEqual(['dangerous-setting']);
    // No network of this file lies there.
    expect(errors('10.100.0.1')).toEqual([]);
  });
});
