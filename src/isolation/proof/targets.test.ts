import { expect, it } from 'vitest';
import { desiredWorld } from '../../../tests/integration/network/world.ts';
import type { InstanceFull } from '../../incus/index.ts';
import { probeTargets } from './targets.ts';

const desired = desiredWorld(60, [{ name: 'a', machines: ['up', 'off', 'vm', 'lost', 'other'] }]);

function instance(name: string, changes: Partial<InstanceFull>, address?: string): InstanceFull {
  const addresses = address
    ? [{ family: 'inet', address, netmask: '24', scope: 'global' } as const]
    : [];
  const card = { addresses, hwaddr: '', host_name: '', type: 'broadcast' };
  return {
    name,
    project: 'default',
    type: 'container',
    status: 'Running',
    status_code: 103,
    architecture: 'x86_64',
    config: {},
    devices: {},
    expanded_config: {},
    expanded_devices: {},
    created_at: '',
    description: '',
    ephemeral: false,
    profiles: [],
    stateful: false,
    snapshots: null,
    state: { status: 'Running', pid: 42, network: { eth0: card } },
    ...changes,
  };
}

it('names the running containers with their namespace, and says why the others are left out', async () => {
  const found = [
    instance(
      'up',
      {
        config: { 'volatile.eth0.host_name': 'ank1' },
        expanded_devices: {
          eth0: { type: 'nic', network: 'net-a', hwaddr: '02:00:00:00:00:0A' },
        },
      },
      '10.60.0.1',
    ),
    instance('off', { status: 'Stopped', state: null }),
    instance('vm', { type: 'virtual-machine' }, '10.60.0.3'),
    instance('other', {}, '10.60.0.99'),
    instance('lost', { project: 'elsewhere' }, '10.60.0.4'),
  ];
  const incus = { instances: { listFull: async () => found } };
  const host = { enter: ['nsenter'], proc: '/proc/7/root/proc' };
  const { machines, guests, untested, deviations } = await probeTargets(desired, incus, host);
  const pins = deviations.filter(({ place }) => place === 'card of up').map(({ line }) => line);
  expect(pins).toContain('security.mac_filtering=true');
  expect(guests).toEqual([
    {
      ...{ name: 'vm', domain: 'a', ip: '10.60.0.3', ipv6: [], bridge: 'net-a' },
      ...{ project: 'default', instance: 'vm' },
    },
  ]);
  expect(machines).toEqual([
    {
      name: 'up',
      domain: 'a',
      ip: '10.60.0.1',
      netns: '/proc/7/root/proc/42/ns/net',
      bridge: 'net-a',
      port: 'ank1',
      mac: '02:00:00:00:00:0a',
      ipv6: [],
    },
    // One that has given its address away is tried all the same.
    {
      name: 'other',
      domain: 'a',
      ip: '10.60.0.5',
      netns: '/proc/7/root/proc/42/ns/net',
      bridge: 'net-a',
      ipv6: [],
    },
  ]);
  expect(untested.map(({ machine, reason }) => `${machine}: ${reason.en}`)).toEqual([
    'off: it is not running',
    'lost: it does not exist',
    'other: it does not have its address 10.60.0.5',
  ]);
});

it('P11-08: a leg of the firewall machine without the IPv6 address that it is to have is told', async () => {
  const world = desiredWorld(60, [
    { name: 'anklume', machines: ['sys-firewall'] },
    { name: 'a', machines: [], ipv6: true },
  ]);
  const card = { 'security.ipv4_filtering': 'false', 'security.mac_filtering': 'true' };
  const found = instance(
    'sys-firewall',
    { expanded_devices: { eth1: { type: 'nic', ...card, 'security.ipv6_filtering': 'true' } } },
    '10.60.0.1',
  );
  const incus = { instances: { listFull: async () => [found] } };
  const desired6 = { ...world, firewallMode: 'vm' } as const;
  const { deviations } = await probeTargets(desired6, incus, { enter: [], proc: '/proc' });
  const lines = deviations.filter(({ place }) => place.includes('eth1')).map(({ line }) => line);
  expect(lines).toContain('ipv6.address=fd00:60:0:1::253');
  expect(lines).toContain('security.ipv6_filtering=false');
});

it('a frozen machine counts as untested: it has its NIC, and goes on where it stood', async () => {
  const found = [
    instance('up', { status: 'Frozen' }, '10.60.0.1'),
    instance('off', { status: 'Stopped', state: null }),
  ];
  const host = { enter: ['nsenter'], proc: '/proc/7/root/proc' };
  const { untested } = await probeTargets(
    desired,
    { instances: { listFull: async () => found } },
    host,
  );
  const of = (name: string) => untested.find(({ machine }) => machine === name);
  expect(of('up')).toMatchObject({ reason: { en: 'it is frozen' } });
  expect(of('up')).not.toHaveProperty('excused');
  expect(of('off')).toHaveProperty('excused', true);
});
