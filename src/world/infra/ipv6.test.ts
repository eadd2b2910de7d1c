import { describe, expect, it } from 'vitest';
import {
  bitsOf,
  defaultBase6,
  ipv6Of,
  isBase6,
  isHostOf6,
  network6,
  parseCidr6,
  parseIpv6,
} from './ipv6.ts';
import { loadText } from './load-text.test-kit.ts';

describe('IPv6', () => {
  it('reads addresses into the one form that the kernel prints, and nothing else', () => {
    expect(parseIpv6('FD00:0:0:0::1')).toBe('fd00::1');
    expect(parseIpv6('fd12:0:789a:3:0:0:0:10')).toBe('fd12:0:789a:3::10');
    for (const wrong of [
      'fe80::1%eth0',
      '::ffff:10.0.0.1',
      '10.0.0.1',
      'fd00::1/64',
      ']',
      'fd00::1::',
    ])
      expect(parseIpv6(wrong)).toBeUndefined();
    expect(parseCidr6('fd00:0:0:3::/64')).toBe('fd00:0:0:3::/64');
    for (const wrong of ['fd00::1/64', 'fd00::/48', 'fd00::', 'fd00::/64/64'])
      expect(parseCidr6(wrong)).toBeUndefined();
  });

  it('knows the hosts of a network', () => {
    expect(isHostOf6('fd00:0:1:3::10', 'fd00:0:1:3::/64')).toBe(true);
    for (const other of ['fd00:0:1:3::', 'fd00:0:1:4::', 'fd00:0:1:2:ffff::', 'x'])
      expect(isHostOf6(other, 'fd00:0:1:3::/64')).toBe(false);
  });

  it('gives the address of its bits back', () => {
    for (const address of [
      '::',
      '::1',
      'fd12:3456:789a:3::253',
      'fe80::1:0:0:1',
      'ff02::1:ff00:253',
    ])
      expect(ipv6Of(bitsOf(address))).toBe(address);
    expect(ipv6Of(bitsOf('fd00:0:1:3::254') - 1n)).toBe('fd00:0:1:3::253');
  });

  it('chooses a base that is private, canonical, and the same every time', () => {
    const bases = ['a', 'b', 'c', 'home'].map((name) => defaultBase6(name, '10.100'));
    expect(new Set(bases).size).toBe(4);
    for (const base of bases) {
      expect(isBase6(base)).toBe(true);
      const { subnet, gateway } = network6(base, '3');
      expect(parseCidr6(subnet)).toBe(subnet);
      expect(isHostOf6(gateway, subnet)).toBe(true);
    }
    expect(defaultBase6('home', '10.100')).toBe(bases[3]);
  });

  it('gives a machine the digits of its IPv4 address, in domains that declare IPv6 alone', () => {
    const { infra } = loadText(`
project_name: home
global: {base_subnet6: "fd12:3456:789a"}
domains:
  pro: {subnet_id: 0, ipv6: true, machines: {dev: {ip: 10.100.0.10}}}
  perso: {subnet_id: 4, machines: {tv: {}}}
`);
    const [perso, pro] = infra?.domains ?? [];
    expect(pro?.ipv6).toEqual({ subnet: 'fd12:3456:789a::/64', gateway: 'fd12:3456:789a::254' });
    expect(pro?.machines[0]?.ip6).toBe('fd12:3456:789a::10');
    expect(perso?.ipv6).toBeUndefined();
    expect(perso?.machines[0]).not.toHaveProperty('ip6');
  });
});
