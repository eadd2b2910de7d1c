import { describe, expect, it } from 'vitest';
import { octetsOf } from '../../base/system/index.ts';
import {
  certain,
  isName,
  parseBridgeName,
  parseCidr,
  parseDomainName,
  parseIpv4,
  parseMachineName,
} from './names.ts';
import { isSchedule } from './schedule.ts';
import { subnets } from './validate/subnets.ts';

const a63 = 'a'.repeat(63);

describe('a text is', () => {
  it.each<[string, (text: string) => unknown, readonly string[], readonly string[]]>([
    [
      'a domain',
      parseDomainName,
      ['a', '7', 'a-b', 'a7', a63],
      ['', '-a', 'a-', 'A', 'a_b', `${a63}a`],
    ],
    [
      'a machine',
      parseMachineName,
      ['a', '7a', 'a-7', a63],
      ['7', '42', '-a', 'a.b', `${a63}a`, ' a'],
    ],
    [
      'an address',
      parseIpv4,
      ['0.0.0.0', '10.100.3.1', '255.255.255.255'],
      ['1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.x4', '1.2.3.4x', '1.2.3.1000', ''],
    ],
    [
      'a network',
      parseCidr,
      ['10.0.0.0/0', '10.0.0.0/9', '10.0.0.0/10', '10.0.0.0/29', '10.0.0.0/32'],
      ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/x1', '10.0.0.0/1x', '10.0.0/8', '10.0.0.0/8/8', '/8'],
    ],
    [
      'a bridge',
      parseBridgeName,
      ['br', 'net-pro', '0a', 'a'.repeat(15)],
      ['a', '-a', 'a-', 'A-B', 'a.b', 'a'.repeat(16), 'xa b', ''],
    ],
  ])('%s', (_, parse, good, bad) => {
    for (const text of good) expect([text, parse(text)]).toEqual([text, text]);
    for (const text of bad) expect([text, parse(text)]).toEqual([text, undefined]);
  });

  it('four numbers', () => {
    expect(octetsOf('10.100.3.254')).toEqual([10, 100, 3, 254]);
    expect(isName('web')).toBe(true);
    expect(certain('web', 'a name')).toBe('web');
    expect(() => certain(undefined, 'a name')).toThrow(/a name/);
  });

  it('a schedule of five fields, blanks around and between them aside', () => {
    for (const text of [' 0 2 * * * ', '0  2\t* * *', '0 2 * * 6', '0 2 17 * *', '5 4 * jul wed'])
      expect([text, isSchedule(text)]).toEqual([text, true]);
    for (const text of ['0 2 L * *', '0 2 * * 5L', '0 2 15W * *', '0 2 w * *', '0 2 * * 1,7'])
      expect([text, isSchedule(text)]).toEqual([text, false]);
    for (const text of ['0 2 * * 1-7', '0 2 * *', '0 2 * * * *', '0 2 * * #'])
      expect([text, isSchedule(text)]).toEqual([text, false]);
  });
});

describe('the base of all networks', () => {
  const codeOf = (base_subnet: string) => {
    const [finding, ...others] = subnets({ global: { base_subnet } });
    expect(others).toEqual([]);
    return finding && [finding.severity, finding.code, finding.path.join('.')].join(' ');
  };

  it('is private, and serves no other purpose', () => {
    const wrong = 'error invalid-base-subnet global.base_subnet';
    const open = 'warning public-base-subnet global.base_subnet';
    const kinds: Readonly<Record<string, string | undefined>> = {
      ...{ '10.0': undefined, '10.255': undefined, '172.16': undefined, '172.31': undefined },
      ...{ '192.168': undefined, '100.64': undefined, '100.127': undefined },
      ...{ '11.0': open, '9.255': open, '172.15': open, '172.32': open, '171.20': open },
      ...{ '192.167': open, '193.168': open, '100.63': open, '100.128': open, '99.70': open },
      ...{ '1.0': open, '126.1': open, '128.0': open, '223.1': open, '169.253': open },
      ...{ '0.1': wrong, '127.1': wrong, '224.1': wrong, '255.1': wrong, '169.254': wrong },
      ...{ '': wrong, '10': wrong, '10.1.2': wrong, '10.x': wrong, '10.256': wrong },
    };
    for (const [base, kind] of Object.entries(kinds))
      expect([base, codeOf(base)]).toEqual([base, kind]);
    expect(codeOf('168.254')).toBe(open);
    expect(subnets({})).toEqual([]);
    expect(subnets({ global: { base_subnet: '10.1.2' } })[0]?.remedy?.en).toContain('"10.100"');
    expect(subnets({ global: { base_subnet: '11.0' } })[0]?.remedy?.en).toContain('"10.100"');
    expect(subnets({ global: { base_subnet: '0.0' } })[0]?.remedy?.en).toContain('"10.100"');
  });

  it('is divided once: each domain has a number of its own', () => {
    const found = subnets({
      domains: { a: { subnet_id: 0 }, b: {}, c: { subnet_id: 1 }, d: { subnet_id: 0 }, e: {} },
    });
    expect(found).toMatchObject([
      {
        code: 'duplicate-subnet',
        severity: 'error',
        path: ['domains', 'd', 'subnet_id'],
        relatedPath: ['domains', 'a', 'subnet_id'],
      },
    ]);
  });
});
