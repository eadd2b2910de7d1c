import { describe, expect, it } from 'vitest';
import { desiredWorld } from '../../../../tests/integration/network/world.ts';
import { DISPOSABLE_PORT, networkCard } from '../../../world/tree/index.ts';
import { allowedFlows } from '../../model/flows.ts';
import { handMade } from './hand-made.ts';
import { missingIncusRules } from './incus-rules.ts';
import type { InsideLink, KernelFilter, KernelLink, KernelView } from './kernel.ts';
import { foreignLinks, linkOwners } from './link-owners.ts';
import { linkFindings } from './links.ts';
import { type Running, strangers } from './machines.ts';
import { networkFindings } from './networks.ts';

const desired = desiredWorld(61, [
  { name: 'pa', machines: ['pa-1'] },
  { name: 'pb', machines: ['pb-1'] },
]);
const model = allowedFlows(desired);
const port = model.machines[0]?.card?.port ?? '';

describe('B06-14: interfaces, filters and programs', () => {
  const plain: KernelLink[] = [
    { index: 1, name: 'lo' },
    { index: 2, name: 'net-pa', kind: 'bridge' },
    { index: 3, name: 'net-pb', kind: 'bridge' },
    { index: 4, name: port, kind: 'veth', master: 2, link: 9, space: 1 },
    { index: 5, name: 'eth0' },
    { index: 6, name: 'net-pa-mtu', kind: 'dummy', master: 2 },
    { index: 7, name: 'docker0', kind: 'bridge' },
  ];
  const owned = (bridge: string) => new Map([[port, { project: 'pa', name: 'pa-1', bridge }]]);
  const inside = (more: readonly InsideLink[] = []) =>
    new Map([['pa-1', [{ index: 9, name: 'eth0', link: 4, leads: 'host' }, ...more]]]);
  const judged = (
    more: Partial<KernelView>,
    limited: readonly string[] = [],
    instances = owned('net-pa'),
  ) => {
    const view: KernelView = {
      ...{ links: plain, filters: [], programs: [], older: [], uplinks: [], bridged: false },
      ...{ inside: inside(), unread: new Map(), elsewhere: [], ...more },
    };
    const owners = { instances, limited: new Set(limited), stacked: new Set(['container y/mac0']) };
    return linkFindings(model, view, owners).map(({ code, place }) => [code, place]);
  };
  const link = (one: Partial<KernelLink>) =>
    judged({ links: [...plain, { index: 20, name: 'x0', ...one }] });

  it('nothing, where all is ours or none of our business', () => {
    expect(judged({})).toEqual([]);
    expect(link({ kind: 'veth', master: 7 })).toEqual([]);
    expect(link({ kind: 'vlan', link: 5 })).toEqual([]);
  });

  it.each([
    ['a port', { kind: 'veth', master: 2 }, ['unknown-port', 'net-pa']],
    ['hardware as a port', { master: 3 }, ['unknown-port', 'net-pb']],
    ['macvlan on a bridge', { kind: 'macvlan', link: 2 }, ['unknown-interface', 'net-pa']],
    ['a VLAN on a port', { kind: 'vlan', link: 4 }, ['unknown-interface', port]],
    ['an XDP program', { xdp: 7 }, ['xdp-program', 'x0']],
  ] as const)('%s', (_, one, expected) => {
    expect(link(one)).toEqual([expected]);
  });

  it('the name of a NIC alone makes no port: its machine is stopped, or joined to another bridge', () => {
    expect(judged({}, [], new Map())).toEqual([['unknown-port', 'net-pa']]);
    expect(judged({}, [], owned('net-pb'))).toEqual([['unknown-port', 'net-pa']]);
    const [live] = linkOwners([
      {
        ...{ name: 'pa-1', project: 'pa', status: 'Stopped', config: {} },
        expanded_devices: { eth0: { type: 'nic', network: 'net-pa', host_name: port } },
      },
    ]).instances;
    expect(live).toBeUndefined();
  });

  it('what lies in another namespace: an interface on a bridge or port of ours, a NIC that was moved', () => {
    const beside = (owner: string, one: Partial<KernelLink>) =>
      judged({ elsewhere: [{ owner, links: [{ index: 30, name: 'mac0', space: 0, ...one }] }] });
    expect(beside('container x', { kind: 'macvlan', link: 2 })).toEqual([
      ['unknown-interface', 'net-pa'],
    ]);
    expect(beside('process 12', { kind: 'vlan', link: 4 })).toEqual([['unknown-interface', port]]);
    expect(beside('container pb_pb-1', { kind: 'veth', link: 4 })).toEqual([
      ['unknown-interface', port],
    ]);
    expect(beside('container pa_pa-1', { kind: 'veth', link: 4 })).toEqual([]);
    expect(beside('container x', { kind: 'macvlan', link: 7 })).toEqual([]);
    // What Incus made is told with its machine.
    expect(beside('container y', { kind: 'macvlan', link: 2 })).toEqual([]);
  });

  const filter = (on: number, kind: string, ...actions: KernelFilter['actions'][number][]) => ({
    filters: [{ link: on, way: 'ingress', kind, actions } as const],
  });
  const mirror = { kind: 'mirred', to: 'x' };
  it.each([
    ['a mirror on a port', filter(4, 'u32', mirror), [], port],
    ['a mirror on an uplink', filter(5, 'flower', mirror), [], 'eth0'],
    ['a program on a bridge', filter(2, 'bpf'), [], 'net-pa'],
    ['a limit that nobody set', filter(4, 'u32', { kind: 'police' }), [], port],
    ['a kind that nobody knows', filter(4, 'new', { kind: '?' }), [], port],
  ])('%s is a filter', (_, view, limited, place) => {
    expect(judged(view, limited)).toEqual([['tc-filter', place]]);
  });

  it('limits of Incus, and what sorts packets into queues, are none', () => {
    expect(judged(filter(4, 'u32', { kind: 'police' }), [port])).toEqual([]);
    expect(judged(filter(4, 'u32'))).toEqual([]);
    expect(judged(filter(5, 'u32', { kind: 'police' }))).toEqual([]);
  });

  it('a program of tcx', () => {
    expect(judged({ programs: [{ link: 2, way: 'ingress', program: 3 }] })).toEqual([
      ['tcx-program', 'net-pa'],
    ]);
  });

  it('a NIC past every bridge is told as such, and not as one that Incus does not know', () => {
    const nics = {
      ...{ name: 'pa-1', project: 'default', status: 'Running' },
      config: { 'volatile.mac.name': 'eth2' },
      expanded_devices: {
        mac: { type: 'nic', nictype: 'macvlan', parent: 'eth0' },
        eth0: { type: 'nic', network: 'net-pa', name: 'eth0', host_name: port },
      },
    };
    const told = foreignLinks([{ machine: { name: 'pa-1' }, instance: nics }]);
    const on = (name: string): InsideLink => ({ index: 12, name, link: 5, leads: 'host' });
    const found = (...links: InsideLink[]) =>
      linkFindings(
        model,
        {
          ...{ links: plain, filters: [], programs: [], older: [], uplinks: [], bridged: false },
          ...{ inside: inside(links), unread: new Map(), elsewhere: [] },
        },
        { ...linkOwners([nics]), told },
      ).map(({ text }) => text.en);
    expect(found(on('eth2'))).toEqual([]);
    expect(found(on('eth2'), on('eth3'))).toEqual([
      'pa-1 has an interface eth3 that Incus does not know; it leads to eth0 on the host',
    ]);
  });

  it.each([
    ['to the host', 'host', 5],
    ['to hardware', 'outside', undefined],
    ['to another machine', 'pb-1', 3],
  ])('an interface inside a machine that leads %s', (_, leads, other) => {
    const one = { index: 12, name: 'x0', leads, ...(other && { link: other }) };
    expect(judged({ inside: inside([one]) })).toEqual([['unknown-interface', 'pa-1']]);
  });
});

describe('B06-14: machines', () => {
  const machine = (name: string, more: Partial<Running> = {}): Running => ({
    ...{ name, project: 'default', status: 'Running', ephemeral: false },
    ...{ config: {}, expanded_config: {}, devices: {}, expanded_devices: {}, ...more },
  });
  const own = {
    ...desired,
    domains: desired.domains.map((one) => ({ ...one, project: one.name })),
  };
  const marks = (name: string) => ({
    'user.anklume.project': 'walls',
    'user.anklume.machine': name,
  });
  const nic = (network: string) => ({ eth0: { type: 'nic', network } });
  const codes = (...all: readonly Running[]) => strangers(own, all).map(({ code }) => code);

  it('by hand: in a project of ours, on a bridge of ours, and a copy with the marks of another', () => {
    expect(codes(machine('x', { project: 'pa' }))).toEqual(['machine-by-hand']);
    expect(codes(machine('x', { expanded_devices: nic('net-pb') }))).toEqual(['machine-by-hand']);
    const bridged = { eth0: { type: 'nic', nictype: 'bridged', parent: 'net-pb' } };
    expect(codes(machine('x', { expanded_devices: bridged }))).toEqual(['machine-by-hand']);
    expect(codes(machine('copy', { project: 'pa', config: marks('pa-1') }))).toEqual([
      'machine-by-hand',
    ]);
  });

  it('no longer declared, with a nesting prefix too', () => {
    expect(codes(machine('old', { project: 'gone', config: marks('old') }))).toEqual([
      'undeclared-machine',
    ]);
    expect(codes(machine('001-old', { project: 'gone', config: marks('old') }))).toEqual([
      'undeclared-machine',
    ]);
  });

  it('none of our business, declared, disposable or not running', () => {
    const elsewhere = machine('x', { expanded_devices: nic('incusbr0') });
    const declared = machine('pa-1', { project: 'pa', expanded_devices: nic('net-pa') });
    const stopped = machine('x', { project: 'pa', status: 'Stopped' });
    expect(codes(elsewhere, declared, stopped, disposable())).toEqual([]);
    expect(codes({ ...disposable(), ephemeral: false })).toEqual(['machine-by-hand']);
  });

  const disposable = (devices: Running['devices'] = {}, more: Record<string, string> = {}) => {
    const [pa] = own.domains;
    if (!pa) throw new Error('no domain');
    const carrier = { instance: 'd', ip: '10.61.0.60', devices: {}, profiles: ['default'] };
    const config = {
      ...{ 'user.anklume.disposable': '{}', 'user.anklume.id': 'instance:pa/d' },
      ...{ 'user.anklume.project': 'walls', 'user.anklume.domain': 'pa', ...more },
    };
    const root = { type: 'disk', path: '/', pool: 'default' };
    const eth0 = networkCard(pa, carrier, DISPOSABLE_PORT) ?? {};
    const expanded_devices = { root, eth0, ...devices };
    return machine('d', { project: 'pa', ephemeral: true, config, expanded_devices });
  };

  it.each<[string, Running]>([
    ['a second NIC', disposable({ eth1: { type: 'nic', network: 'net-pb' } })],
    ['a folder of the host', disposable({ x: { type: 'disk', path: '/x', source: '/' } })],
    ['a NIC without its pins', disposable({ eth0: { type: 'nic', network: 'net-pa' } })],
    ['a mark of another', disposable({}, { 'user.anklume.id': 'instance:pa/e' })],
    ['a mark of no domain', disposable({}, { 'user.anklume.domain': 'pb' })],
  ])('a disposable is exempt as disp makes it alone: not with %s', (_, live) => {
    expect(codes(live)).toEqual(['machine-by-hand']);
  });

  it('by hand, on a network that stands on a bridge of ours', () => {
    const stacked = machine('x', { expanded_devices: nic('mv') });
    const networks = (parent: string) => [{ name: 'mv', config: { parent } }];
    const found = (parent: string) => strangers(own, [stacked], networks(parent));
    expect(found('net-pa').map(({ text }) => text.en)).toEqual([
      'x (project default) runs on net-pa, and infra.yml does not know it',
    ]);
    expect(found('eth0')).toEqual([]);
  });
});

it('B06-14: keys of a network that are not as anklume gives them, and no others', () => {
  const wanted = new Map([['net-pa', { 'ipv4.nat': 'true', 'raw.dnsmasq': 'no-resolv' }]]);
  const network = (config: Record<string, string>) => ({
    ...{ name: 'net-pa', description: '', type: 'bridge', managed: true, status: 'Created' },
    ...{ config, used_by: [] },
  });
  const keys = (config: Record<string, string>) =>
    networkFindings(wanted, [network(config)]).map(({ remedy }) => remedy.en);
  const good = { 'ipv4.nat': 'true', 'raw.dnsmasq': 'no-resolv' };
  expect(keys({ ...good, 'user.x': '1', 'volatile.y': '2', 'bridge.mtu': '1400' })).toEqual([]);
  expect(keys({ 'ipv4.nat': 'true' })).toEqual(['anklume up']);
  expect(keys({ ...good, 'bridge.external_interfaces': 'eth1' })).toEqual([
    'anklume incus -- network unset net-pa bridge.external_interfaces',
  ]);
});

it('B06-14: what Incus loaded and somebody flushed is named, all of a kind at once', () => {
  const network = (name: string) => ({
    ...{ name, description: '', type: 'bridge', managed: true, status: 'Created', used_by: [] },
    config: { 'ipv4.nat': 'true' },
  });
  const nic = (machine: string) => ({
    ...{ machine, instance: machine, project: 'p', device: 'eth0', port: `ank-${machine}` },
  });
  const rule = (family: string, chain: string, expr: readonly object[]) => ({
    rule: { family, table: 'incus', chain, expr },
  });
  const match = { match: { left: { meta: { key: 'iifname' } }, op: '==', right: 'ank-a' } };
  const whole = [
    rule('inet', 'pstrt.net-pa', [{ masquerade: null }]),
    rule('bridge', 'in.p_a.eth0', [match, { drop: null }]),
    rule('bridge', 'fwd.p_a.eth0', [match, { drop: null }]),
  ];
  expect(missingIncusRules([network('net-pa')], [nic('a')], whole)).toEqual([]);
  for (const gone of [1, 2]) {
    const rest = whole.filter((_, index) => index !== gone);
    const codes = missingIncusRules([], [nic('a')], rest).map(({ code }) => code);
    expect(codes).toEqual(['incus-pins']);
  }
  const names = ['b', 'c', 'd', 'e', 'f'];
  const found = missingIncusRules([network('net-pb')], names.map(nic), whole);
  expect(found.map(({ code }) => code)).toEqual(['incus-nat', 'incus-pins']);
  expect(found[1]?.text.en).toContain('b, c, d and 2 more');
});

it('B06-14: what machines were given by hand: routes of a NIC, and one folder of the host in two domains', () => {
  const running = (domain: string, devices: Record<string, Record<string, string>>, says = {}) => ({
    ...{ machine: `${domain}-1`, domain, declared: [says], administers: false },
    live: { name: `${domain}-1`, project: domain, expanded_devices: devices },
  });
  const found = (...all: Parameters<typeof handMade>[0]) =>
    handMade(all).map(({ code, place }) => [code, place]);
  const routed = { eth0: { type: 'nic', network: 'net-pa', 'ipv6.routes.external': 'fd01::/64' } };
  expect(found(running('pa', routed))).toEqual([['nic-routes', 'pa-1']]);
  expect(found(running('pa', routed, routed))).toEqual([]);
  const folder = (source: string) => ({ x: { type: 'disk', path: '/mnt', source } });
  const [outer, inner] = [folder('/srv/x'), folder('/srv//x/y/')];
  expect(found(running('pa', outer), running('pb', inner))).toEqual([
    ['shared-folder', 'pa-1'],
    ['shared-folder', 'pb-1'],
  ]);
  expect(found(running('pa', outer, outer), running('pb', inner))).toEqual([
    ['shared-folder', 'pb-1'],
  ]);
  expect(found(running('pa', outer, outer), running('pb', inner, inner))).toEqual([]);
  expect(found(running('pa', outer), running('pb', folder('/srv/xy')))).toEqual([]);
  expect(found(running('pa', { ...outer, y: outer.x }))).toEqual([]);
  // A name alone makes no device of ours.
  const named = { 'anklume-x': outer.x };
  const admin = { ...running('pa', named), administers: true };
  expect(found(running('pa', named), running('pb', inner, inner))).toEqual([
    ['shared-folder', 'pa-1'],
  ]);
  expect(found(admin, running('pb', inner, inner))).toEqual([]);
});
