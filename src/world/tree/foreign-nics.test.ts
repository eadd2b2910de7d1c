import { expect, it } from 'vitest';
import { domain, machine, world } from '../../../tests/integration/engine/world.ts';
import type { Devices } from '../infra/index.ts';
import type { DesiredMachine } from './desired.ts';
import { foreignLinks, foreignNics, type NicNetwork } from './foreign-nics.ts';
import { networkCard } from './network-card.ts';

const web = machine('pro', 'web', '10.199.1.5');
const desired = (more: Partial<DesiredMachine> = {}) =>
  world('mine', [domain('pro', 1, [{ ...web, ...more }]), domain('lab', 2, [])]);
const network = (name: string, more: Partial<NicNetwork> = {}): NicNetwork => ({
  name,
  type: 'bridge',
  managed: true,
  config: {},
  ...more,
});
const networks = [
  network('net-pro'),
  network('net-lab'),
  network('net-elsewhere', { config: { 'user.anklume.domain': 'theirs' } }),
  network('incusbr0'),
  network('wan', { type: 'physical' }),
  network('br0', { managed: false }),
];
const pinned = networkCard(domain('pro', 1, []), web) ?? {};
const holder = (devices: Devices, name = 'web', project = 'pro') => ({
  name,
  project,
  config: {},
  expanded_devices: { root: { type: 'disk', path: '/', pool: 'default' }, ...devices },
});
const found = (devices: Devices, more: Partial<DesiredMachine> = {}) =>
  foreignNics(desired(more), [holder(devices)], networks).map(
    ({ device, kind, target, allowed }) => [device, kind, target, allowed],
  );

it('case 05: B06-04: a NIC of its own, pinned, is none of them', () => {
  expect(found({ eth0: pinned })).toEqual([]);
  expect(found({})).toEqual([]);
});

it.each([
  ['another domain', { network: 'net-lab' }, 'other-domain', 'net-lab'],
  [
    'another domain, by parent',
    { nictype: 'bridged', parent: 'net-lab' },
    'other-domain',
    'net-lab',
  ],
  [
    'a domain of another infrastructure',
    { network: 'net-elsewhere' },
    'other-domain',
    'net-elsewhere',
  ],
  ['a network of nobody', { network: 'incusbr0' }, 'other-network', 'incusbr0'],
  [
    'a network of nobody, by parent',
    { nictype: 'bridged', parent: 'incusbr0' },
    'other-network',
    'incusbr0',
  ],
  ['a bridge of the host', { nictype: 'bridged', parent: 'br0' }, 'host-bridge', 'br0'],
  ['a physical network', { network: 'wan' }, 'direct', 'wan'],
  ['macvlan', { nictype: 'macvlan', parent: 'enp1s0' }, 'direct', 'macvlan'],
  ['ipvlan', { nictype: 'ipvlan', parent: 'enp1s0' }, 'direct', 'ipvlan'],
  ['routed', { nictype: 'routed', parent: 'enp1s0' }, 'direct', 'routed'],
  ['physical', { nictype: 'physical', parent: 'enp1s0' }, 'direct', 'physical'],
  ['sriov', { nictype: 'sriov', parent: 'enp1s0' }, 'direct', 'sriov'],
  ['p2p', { nictype: 'p2p' }, 'direct', 'p2p'],
  ['nobody knows', {}, 'direct', 'nic'],
  [
    'infiniband',
    { type: 'infiniband', nictype: 'physical', parent: 'ib0' },
    'direct',
    'infiniband',
  ],
])('B06-04: a NIC of %s is told, and is permitted by its word alone', (_, keys, kind, target) => {
  const eth1 = { type: 'nic', ...keys };
  expect(found({ eth0: pinned, eth1 })).toEqual([['eth1', kind, target, false]]);
  const allow = [`nic:${target}`];
  expect(found({ eth1 }, { allow, devices: { eth1 } })).toEqual([['eth1', kind, target, true]]);
  expect(found({ eth1 }, { allow })).toEqual([['eth1', kind, target, false]]);
  const others = { allow: ['nic', 'nic:other', target], devices: { eth1 } };
  expect(found({ eth1 }, others)[0]?.[3]).toBe(false);
});

it.each([
  ['a second one', { eth1: { ...pinned, hwaddr: '02:00:00:00:00:01' } }],
  ['named by its bridge', { eth0: { type: 'nic', nictype: 'bridged', parent: 'net-pro' } }],
  ['another MAC', { eth0: { ...pinned, hwaddr: '02:00:00:00:00:01' } }],
  ['another address', { eth0: { ...pinned, 'ipv4.address': '10.199.1.9' } }],
  ['another end on the host', { eth0: { ...pinned, host_name: 'veth1' } }],
  ['no MAC filter', { eth0: { ...pinned, 'security.mac_filtering': 'off' } }],
  ['no IPv6 filter', { eth0: { ...pinned, 'security.ipv6_filtering': '' } }],
])('B06-04: on its own bridge: %s lacks its pins', (_, devices) => {
  expect(found(devices)).toEqual([[Object.keys(devices)[0], 'unpinned', 'net-pro', false]]);
  expect(found(devices, { allow: ['nic:net-pro'] })[0]?.[3]).toBe(false);
  expect(found(devices, { allow: ['nic:unpinned'] })[0]?.[3]).toBe(false);
});

it('B06-04: machines that nobody declared are looked at as well', () => {
  const bare = { eth0: { type: 'nic', network: 'net-pro', name: 'eth0' } };
  const all = foreignNics(
    desired(),
    [
      holder(bare, 'by-hand'),
      // A disposable has pins of its own.
      holder({ eth0: { ...pinned, 'ipv4.address': '10.199.1.77' } }, 'disp-1'),
      holder(bare, 'stranger', 'default'),
      holder({ eth0: { type: 'nic', network: 'incusbr0' } }, 'neighbour', 'default'),
    ],
    networks,
  );
  expect(all.map(({ instance, domain: of, kind }) => [instance, of, kind])).toEqual([
    ['by-hand', 'pro', 'unpinned'],
    ['stranger', undefined, 'other-domain'],
  ]);
});

it('B06-04: what joins a bridge of ours to the outside is told', () => {
  const joined = {
    'bridge.external_interfaces': 'enp2s0, eno1/enp1s0/30',
    'tunnel.far.protocol': 'vxlan',
  };
  const links = foreignLinks(desired(), [
    network('net-pro', { config: joined }),
    network('net-lab'),
    network('incusbr0', { config: joined }),
  ]);
  expect(links.map(({ network: on, kind, target }) => [on, kind, target])).toEqual([
    ['net-pro', 'external-interface', 'enp2s0'],
    ['net-pro', 'external-interface', 'eno1/enp1s0/30'],
    ['net-pro', 'tunnel', 'far'],
  ]);
});
