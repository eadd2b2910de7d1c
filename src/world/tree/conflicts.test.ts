import { describe, expect, it } from 'vitest';
import { domain, machine } from '../../../tests/integration/engine/world.ts';
import { findConflicts } from './conflicts.ts';
import type { DesiredDomain } from './desired.ts';

/** `code variable @owner, message`, and the owner of the other place where there are two. */
const told = (...domains: readonly DesiredDomain[]) =>
  findConflicts(domains, (owner, variable) => ({
    file: `${owner}#${variable}`,
    line: 1,
    column: 1,
  })).map(({ code, severity, path, place, related, message }) =>
    [
      `${severity} ${code} ${path.join('.')} @${place?.file}: ${message.en}`,
      ...(related ? [`@${related.file}`] : []),
    ].join(' '),
  );
const web = (ip: string, more = {}) => machine('pro', 'web', ip, more);
const withIpv6 = (
  name: string,
  subnet: number,
  subnet6: string,
  machines: Parameters<typeof domain>[2],
) => {
  const plain = domain(name, subnet, machines);
  const gateway = subnet6.replace('/64', '254');
  return { ...plain, network: { ...plain.network, ipv6: { subnet: subnet6, gateway } } };
};
const network = (subnet: string, gateway: string) => ({ name: 'net-pro', subnet, gateway });

it('a world without conflicts has none', () => {
  expect(
    told(
      domain('pro', 1, [web('10.199.1.1'), machine('pro', 'db', '10.199.1.253')]),
      withIpv6('lab', 2, 'fd00:1:2:3::/64', [
        machine('lab', 'one', '10.199.2.1', { ip6: 'fd00:1:2:3::1' }),
        machine('lab', 'two', '10.199.2.2'),
      ]),
    ),
  ).toEqual([]);
});

describe('addresses', () => {
  it('lie inside the network: not its first, not its last', () => {
    for (const ip of ['10.199.1.0', '10.199.1.255', '10.199.2.1', '10.199.0.255', 'word'])
      expect(told(domain('pro', 1, [web(ip)]))).toEqual([
        `error tree-address-outside instance_ip @web#instance_ip: ${ip} is not an address of the domain's network 10.199.1.0/24.`,
      ]);
    expect(told({ ...domain('pro', 1, []), network: network('10.0.0.0/24', '10.0.1.1') })).toEqual([
      'error tree-address-outside incus_network @pro#incus_network: The gateway 10.0.1.1 is not an address of 10.0.0.0/24.',
    ]);
    expect(told({ ...domain('pro', 1, []), network: network('word', '10.0.1.1') })).toHaveLength(1);
  });

  it('are not the gateway', () => {
    expect(told(domain('pro', 1, [web('10.199.1.254')]))).toEqual([
      'error tree-address-is-gateway instance_ip @web#instance_ip: 10.199.1.254 is the gateway of the domain.',
    ]);
  });

  it('are used once, also in two domains', () => {
    const db = machine('pro', 'db', '10.199.1.1');
    expect(told(domain('pro', 1, [web('10.199.1.1'), db]))).toEqual([
      "error tree-duplicate-value instance_ip @db#instance_ip: '10.199.1.1' is used twice. @web#instance_ip",
    ]);
  });

  it('of IPv6 belong to a domain that has it, lie inside, are not its gateway, and are used once', () => {
    const one = (ip6: string) => machine('lab', 'one', '10.199.2.1', { ip6 });
    const lab = (...machines: ReturnType<typeof one>[]) =>
      withIpv6('lab', 2, 'fd00:1:2:3::/64', machines);
    expect(told(domain('lab', 2, [one('fd00:1:2:3::1')]))).toEqual([
      'error tree-address-outside instance_ip6 @one#instance_ip6: fd00:1:2:3::1 belongs to no network: its domain has no IPv6.',
    ]);
    expect(told(lab(one('fd00:1:2:4::1')))).toEqual([
      "error tree-address-outside instance_ip6 @one#instance_ip6: fd00:1:2:4::1 is not an address of the domain's network fd00:1:2:3::/64.",
    ]);
    expect(told(lab(one('fd00:1:2:3::254')))).toEqual([
      'error tree-address-is-gateway instance_ip6 @one#instance_ip6: fd00:1:2:3::254 is the gateway of the domain.',
    ]);
    const two = machine('lab', 'two', '10.199.2.2', { ip6: 'fd00:1:2:3::1' });
    expect(told(lab(one('fd00:1:2:3::1'), two))).toEqual([
      "error tree-duplicate-value instance_ip6 @two#instance_ip6: 'fd00:1:2:3::1' is used twice. @one#instance_ip6",
    ]);
    const far = lab();
    const wrong = { subnet: 'fd00:1:2:3::/64', gateway: 'fd00:1:2:4::254' };
    expect(told({ ...far, network: { ...far.network, ipv6: wrong } })).toEqual([
      'error tree-address-outside incus_network @lab#incus_network: The gateway fd00:1:2:4::254 is not an address of fd00:1:2:3::/64.',
    ]);
  });
});

describe('names in Incus', () => {
  it('are used once: of machines, projects and bridges', () => {
    const db = machine('pro', 'db', '10.199.1.2', { instance: 'web' });
    expect(told(domain('pro', 1, [web('10.199.1.1'), db]))).toEqual([
      "error tree-duplicate-value instance_name @db#instance_name: 'web' is used twice. @web#instance_name",
    ]);
    const lab = domain('lab', 2, []);
    expect(told(domain('pro', 1, []), { ...lab, project: 'pro' })).toEqual([
      "error tree-duplicate-value incus_project @lab#incus_project: 'pro' is used twice. @pro#incus_project",
    ]);
    expect(
      told(domain('pro', 1, []), { ...lab, network: { ...lab.network, name: 'net-pro' } }),
    ).toEqual([
      "error tree-duplicate-value incus_network @lab#incus_network: 'net-pro' is used twice. @pro#incus_network",
    ]);
  });
});

describe('networks', () => {
  const wide = {
    ...domain('wide', 0, []),
    network: { ...network('10.0.0.0/16', '10.0.0.1'), name: 'w' },
  };
  const inside = (name: string, third: number) => ({
    ...domain(name, 0, []),
    network: { ...network(`10.0.${third}.0/24`, `10.0.${third}.254`), name },
  });

  it('do not overlap, also with one that began long before', () => {
    const overlap = (name: string, third: number) =>
      `error tree-overlapping-networks incus_network @${name}#incus_network: 10.0.${third}.0/24 overlaps 10.0.0.0/16 of 'wide'. @wide#incus_network`;
    expect(told(inside('b', 7), wide, inside('a', 3))).toEqual([overlap('a', 3), overlap('b', 7)]);
    expect(told(inside('a', 3), inside('b', 4))).toEqual([]);
  });

  it('that touch do not overlap, and the same one twice does', () => {
    const next = {
      ...domain('next', 0, []),
      network: { ...network('10.1.0.0/24', '10.1.0.1'), name: 'n' },
    };
    expect(told(wide, next)).toEqual([]);
    expect(told(inside('a', 3), { ...inside('b', 3) })).toHaveLength(1);
  });

  it('of IPv6 are used once', () => {
    const six = (name: string, subnet: number) => withIpv6(name, subnet, 'fd00:1:2:3::/64', []);
    expect(told(six('a', 1), six('b', 2))).toEqual([
      "error tree-duplicate-value incus_network @b#incus_network: 'fd00:1:2:3::/64' is used twice. @a#incus_network",
    ]);
  });
});
