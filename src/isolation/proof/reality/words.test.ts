import { describe, expect, it } from 'vitest';
import { desiredWorld } from '../../../../tests/integration/network/world.ts';
import { allowedFlows } from '../../model/flows.ts';
import type { ProofFinding } from './finding.ts';
import { missingIncusRules } from './incus-rules.ts';
import type { KernelView } from './kernel.ts';
import type { LinkOwners } from './link-owners.ts';
import { linkFindings } from './links.ts';
import { type Running, strangers } from './machines.ts';
import { networkFindings } from './networks.ts';

/** A finding as an Englishman reads it; a Frenchman reads as many names. */
const read = (found: readonly ProofFinding[]) =>
  found.map(({ code, place, text, remedy }) => {
    for (const one of [text, remedy]) expect(one.fr).not.toBe('');
    return [code, place, text.en, remedy.en];
  });
const desired = desiredWorld(61, [
  { name: 'pa', machines: ['pa-1'] },
  { name: 'pb', machines: ['pb-1'] },
]);
const model = allowedFlows(desired);
const port = model.machines[0]?.card?.port ?? '';

describe('B06-14: what is found at interfaces is told whole', () => {
  const view = (more: Partial<KernelView>): KernelView => ({
    links: [
      { index: 2, name: 'net-pa', kind: 'bridge' },
      { index: 4, name: port, kind: 'veth', master: 2, link: 9, space: 1 },
      { index: 5, name: 'eth0' },
    ],
    ...{ filters: [], programs: [], older: [], uplinks: [], bridged: false, inside: new Map() },
    ...{ unread: new Map(), elsewhere: [], ...more },
  });
  const live = new Map([[port, { project: 'pa', name: 'pa-1', bridge: 'net-pa' }]]);
  const told = (more: Partial<KernelView>, instances: LinkOwners['instances'] = live) =>
    read(linkFindings(model, view(more), { instances, limited: new Set() }));
  const link = (one: Partial<KernelView['links'][number]>) => {
    const { links } = view({});
    return told({ links: [...links, { index: 20, name: 'x0', ...one }] });
  };
  const inside = (more: object) =>
    told({
      inside: new Map([['pa-1', [{ index: 9, name: 'eth1', leads: 'host', ...more }]]]) as never,
    });

  it.each<[string, () => string[][], string[]]>([
    [
      'a port',
      () => link({ kind: 'veth', master: 2, space: 1 }),
      [
        'unknown-port',
        'net-pa',
        'x0 is a port of net-pa, but not the NIC of any machine',
        'ip link set x0 nomaster',
      ],
    ],
    [
      'what a disposable machine left',
      () => link({ name: 'ankx1', master: 2 }),
      [
        'unknown-port',
        'net-pa',
        'ankx1 is a port of net-pa, but its machine no longer exists',
        'ip link set ankx1 nomaster',
      ],
    ],
    [
      'a dummy that is not that of Incus',
      () => link({ name: 'other-mtu', kind: 'dummy', master: 2 }),
      [
        'unknown-port',
        'net-pa',
        'other-mtu is a port of net-pa, but not the NIC of any machine',
        'ip link set other-mtu nomaster',
      ],
    ],
    [
      'something called like that of Incus',
      () => link({ name: 'net-pa-mtu', kind: 'veth', master: 2, space: 1 }),
      [
        'unknown-port',
        'net-pa',
        'net-pa-mtu is a port of net-pa, but not the NIC of any machine',
        'ip link set net-pa-mtu nomaster',
      ],
    ],
    [
      'an interface upon a bridge',
      () => link({ kind: 'vlan', link: 2 }),
      [
        'unknown-interface',
        'net-pa',
        'the interface x0 (vlan) is on top of net-pa',
        'ip link delete x0',
      ],
    ],
    [
      'one of no kind',
      () => link({ link: 4 }),
      ['unknown-interface', port, `the interface x0 (?) is on top of ${port}`, 'ip link delete x0'],
    ],
    [
      'XDP',
      () => link({ xdp: 7 }),
      [
        'xdp-program',
        'x0',
        'an XDP program (number 7) decides on x0 before any rule does',
        'ip link set dev x0 xdp off',
      ],
    ],
    [
      'tcx',
      () => told({ programs: [{ link: 99, way: 'egress', program: 3 }] }),
      [
        'tcx-program',
        '99',
        'a program (tcx egress, number 3) decides on 99 before the isolation rules do',
        "Stop the program that attached it ('bpftool prog show id 3' names it), or detach it: bpftool net detach tcx_egress dev 99",
      ],
    ],
    [
      'inside, to the host',
      () => inside({ link: 5 }),
      [
        'unknown-interface',
        'pa-1',
        'pa-1 has an interface eth1 that Incus does not know; it leads to eth0 on the host',
        "Restart the machine ('anklume instance restart pa-1'): it then has only the NICs that Incus knows.",
      ],
    ],
    [
      'inside, to a machine',
      () => inside({ leads: 'pb-1', link: 5 }),
      [
        'unknown-interface',
        'pa-1',
        'pa-1 has an interface eth1 that Incus does not know; it leads to pb-1',
        "Restart the machine ('anklume instance restart pa-1'): it then has only the NICs that Incus knows.",
      ],
    ],
    [
      'inside, to hardware',
      () => inside({ leads: 'outside' }),
      [
        'unknown-interface',
        'pa-1',
        'pa-1 has an interface eth1 that Incus does not know; it leads to hardware of the host',
        "Restart the machine ('anklume instance restart pa-1'): it then has only the NICs that Incus knows.",
      ],
    ],
    [
      'a filter',
      () =>
        told({
          filters: [
            {
              link: 4,
              way: 'ingress',
              kind: 'u32',
              actions: [{ kind: 'mirred', to: 'x' }, { kind: 'gact' }],
            },
          ],
        }),
      [
        'tc-filter',
        port,
        `a tc filter decides on ${port} (ingress: u32, mirred x, gact) past the isolation rules`,
        `tc filter del dev ${port} ingress`,
      ],
    ],
    [
      'a filter of a queue',
      () => told({ filters: [{ link: 5, way: 'queue', kind: 'bpf', actions: [] }] }),
      [
        'tc-filter',
        'eth0',
        'a tc filter decides on eth0 (queue: bpf) past the isolation rules',
        'tc filter del dev eth0',
      ],
    ],
  ])('%s', (_what, found, expected) => expect(found()).toEqual([expected]));

  it('nothing of veths elsewhere, of NICs that Incus knows, and of the host end of one', () => {
    expect(link({ kind: 'veth', link: 2 })).toEqual([]);
    expect(link({ kind: 'vlan', link: 2, space: 3 })).toEqual([]);
    const known = new Map([...live, ['eth0', { project: 'p', name: 'x', bridge: 'net-pa' }]]);
    const one = new Map([['pa-1', [{ index: 9, name: 'eth1', leads: 'host', link: 5 }]]]);
    expect(told({ inside: one as never }, known)).toEqual([]);
    expect(
      told(
        {
          links: [
            { index: 2, name: 'net-pa' },
            { index: 3, name: 'eth0', master: 2 },
          ],
        },
        known,
      ),
    ).toEqual([]);
  });
});

describe('B06-14: what is found of machines, networks and Incus is told whole', () => {
  const own = {
    ...desired,
    domains: desired.domains.map((one) => ({ ...one, project: one.name })),
  };
  const machine = (name: string, more: Partial<Running> = {}): Running => ({
    ...{ name, project: 'default', status: 'Running', ephemeral: false },
    ...{ config: {}, expanded_config: {}, devices: {}, expanded_devices: {}, ...more },
  });
  const marks = (project: string, name?: string) => ({
    'user.anklume.project': project,
    ...(name !== undefined && { 'user.anklume.machine': name }),
  });
  const nic = (network: string) => ({ type: 'nic', network });

  it.each<[string, Running, string[][]]>([
    [
      'by hand',
      machine('x', {
        expanded_devices: { a: nic('net-pa'), b: { type: 'nic', parent: 'net-pb' } },
      }),
      [
        [
          'machine-by-hand',
          'default/x',
          'x (project default) runs on net-pa, net-pb, and infra.yml does not know it',
          'Declare it in infra.yml, or stop it: anklume incus -- stop x --project default',
        ],
      ],
    ],
    [
      'by hand in a project of ours',
      machine('x', { project: 'pa' }),
      [
        [
          'machine-by-hand',
          'pa/x',
          'x (project pa) runs, and infra.yml does not know it',
          'Declare it in infra.yml, or stop it: anklume incus -- stop x --project pa',
        ],
      ],
    ],
    [
      'no longer declared',
      machine('x', { config: marks('walls', 'x') }),
      [
        [
          'undeclared-machine',
          'default/x',
          'x (project default) is no longer declared, and runs',
          "Declare it again, or delete it: 'anklume up --prune'.",
        ],
      ],
    ],
    [
      'no longer declared, and protected, which --prune leaves alone',
      machine('x', {
        config: marks('walls', 'x'),
        expanded_config: { 'security.protection.delete': 'on' },
      }),
      [
        [
          'undeclared-machine',
          'default/x',
          'x (project default) is no longer declared, and runs',
          "Declare it again, or delete it: 'anklume instance delete x --force'.",
        ],
      ],
    ],
    ['of another infrastructure', machine('x', { config: marks('other', 'x') }), []],
    ['marked without a name', machine('x', { config: marks('walls') }), []],
    ['a copy elsewhere', machine('y', { config: marks('walls', 'x') }), []],
    [
      'a disk on our bridge’s name',
      machine('x', { expanded_devices: { a: { type: 'disk', network: 'net-pa' } } }),
      [],
    ],
    [
      'one that goes when it stops, without our mark',
      machine('x', { project: 'pa', ephemeral: true }),
      [['machine-by-hand', 'pa/x', expect.any(String) as never, expect.any(String) as never]],
    ],
    [
      'frozen',
      machine('x', { project: 'pa', status: 'Frozen' }),
      [['machine-by-hand', 'pa/x', expect.any(String) as never, expect.any(String) as never]],
    ],
  ])('%s', (_what, one, expected) => expect(read(strangers(own, [one]))).toEqual(expected));

  it('a project called default is nobody’s', () => {
    const first = own.domains.map((one) => ({ ...one, project: 'default' }));
    expect(read(strangers({ ...own, domains: first }, [machine('x')]))).toEqual([]);
  });

  const network = (name: string, config: Record<string, string>) => ({
    ...{ name, description: '', type: 'bridge', managed: true, status: 'Created' },
    ...{ config, used_by: [] },
  });

  it('keys of a network, in their order, with what they are and should be', () => {
    const wanted = new Map([
      ['net-pa', { 'raw.dnsmasq': 'a\nb', 'ipv4.nat': 'true', 'x.gone': 'y'.repeat(90) }],
    ]);
    const found = networkFindings(wanted, [
      network('net-pa', {
        'raw.dnsmasq': 'c',
        'ipv4.nat': 'false',
        'bridge.user.x': '1',
        'user.x': '1',
      }),
      network('other', { 'ipv4.nat': 'false' }),
    ]);
    expect(read(found)).toEqual([
      [
        'network-key',
        'net-pa',
        "net-pa: bridge.user.x is '1'; anklume does not set it",
        'anklume incus -- network unset net-pa bridge.user.x',
      ],
      ['network-key', 'net-pa', "net-pa: ipv4.nat is 'false'; should be 'true'", 'anklume up'],
      ['network-key', 'net-pa', "net-pa: raw.dnsmasq is 'c'; should be 'a, b'", 'anklume up'],
      [
        'network-key',
        'net-pa',
        `net-pa: x.gone is not set; should be '${'y'.repeat(80)}'`,
        'anklume up',
      ],
    ]);
    const harmless = ['bridge.mtu', 'bridge.hwaddr', 'bridge.driver', 'dns.domain', 'dns.search'];
    const more = ['ipv4.dhcp.expiry', 'ipv6.dhcp.expiry', 'ipv4.nat.order', 'ipv6.nat.order'];
    const all = Object.fromEntries([...harmless, ...more].map((key) => [key, 'x']));
    expect(networkFindings(new Map([['net-pa', {}]]), [network('net-pa', all)])).toEqual([]);
  });

  it('rules of Incus that are gone: each kind once, with the first command', () => {
    const pinned = (name: string) => ({
      ...{
        machine: name,
        instance: `i-${name}`,
        project: 'p',
        device: 'eth0',
        port: `ank-${name}`,
      },
    });
    const rule = (family: string, chain: string, expr: unknown, table = 'incus') => ({
      rule: { family, table, chain, expr },
    });
    const objects = [
      { table: {} },
      rule('inet', 'pstrt.net-pa', [{ counter: null }, { snat: { addr: '1.2.3.4' } }]),
      rule('inet', 'pstrt.net-pb', [{ counter: null }, { accept: null }]),
      rule('inet', 'pstrt.net-pc', [{ masquerade: null }], 'other'),
      rule('inet', 'pstrt.net-pd', 'odd'),
      rule('inet', 'in.x', ['ank-a']),
      rule('inet', 'fwd.x', ['ank-a']),
    ];
    const nat = { 'ipv4.nat': 'true' };
    const networks = [
      ...[network('net-pa', nat), network('net-pb', nat), network('net-pc', nat)],
      ...[network('net-pd', nat), network('off', {})],
    ];
    expect(read(missingIncusRules(networks, [pinned('a'), pinned('a')], objects))).toEqual([
      [
        'incus-nat',
        'net-pb net-pc net-pd',
        "Incus's address translation for net-pb, net-pc, net-pd is missing from nftables: no machine there reaches the internet",
        'Restart Incus (machines keep running), or set it again for each network: anklume incus -- network set net-pb ipv4.nat=false && anklume incus -- network set net-pb ipv4.nat=true',
      ],
      [
        'incus-pins',
        'a',
        "Incus's filters (address and MAC) of a are missing from nftables",
        "Restart each machine ('anklume instance restart a'), or set them again as it runs: anklume incus -- config device set i-a eth0 --project p security.mac_filtering=false && anklume incus -- config device set i-a eth0 --project p security.mac_filtering=true",
      ],
    ]);
    expect(missingIncusRules([], [], [])).toEqual([]);
  });
});
