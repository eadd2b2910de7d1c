import { describe, expect, it } from 'vitest';
import { desiredWorld } from '../../../tests/integration/network/world.ts';
import { lostBetween, parseRoutes } from './connectivity.ts';
import { collisions, hostNetworks } from './host-networks.ts';

const world = desiredWorld(90, [
  { name: 'pro', machines: [] },
  { name: 'lab', machines: [] },
]);
const found = (subnet: string, device = 'eth0', own: string[] = []) =>
  collisions(world, [{ subnet, device }], new Set(own)).map(({ domain }) => domain);

describe('networks of the host', () => {
  it('are its addresses and routes, without defaults, loopback and ways to everywhere', () => {
    const addresses = [
      { ifname: 'lo', addr_info: [{ local: '127.0.0.1', prefixlen: 8 }] },
      { ifname: 'eth0', addr_info: [{ local: '192.168.1.7', prefixlen: 24 }] },
    ];
    const routes = [
      { dst: 'default', gateway: '192.168.1.1', dev: 'eth0' },
      { dst: '192.168.1.0/24', dev: 'eth0' },
      { dst: '10.9.0.0/16', dev: 'wg0' },
      { dst: '172.16.3.4', dev: 'tun0' },
      { dst: '0.0.0.0/1', dev: 'tun0' },
      { dst: '192.168.1.255', dev: 'eth0', type: 'broadcast' },
    ];
    expect(hostNetworks(JSON.stringify(addresses), JSON.stringify(routes))).toEqual([
      { subnet: '192.168.1.7/24', device: 'eth0' },
      { subnet: '192.168.1.0/24', device: 'eth0' },
      { subnet: '10.9.0.0/16', device: 'wg0' },
      { subnet: '172.16.3.4/32', device: 'tun0' },
    ]);
    expect(hostNetworks('', '')).toEqual([]);
  });

  it('collide when they contain a subnet, lie in it, or equal it', () => {
    expect(found('10.90.0.0/16')).toEqual(['pro', 'lab']);
    expect(found('10.90.1.128/25')).toEqual(['lab']);
    expect(found('10.90.1.7/32')).toEqual(['lab']);
    expect(found('10.90.0.0/24')).toEqual(['pro']);
    expect(found('10.90.2.0/24')).toEqual([]);
    expect(found('10.91.0.0/16')).toEqual([]);
  });

  it('are left out on bridges of ours', () => {
    expect(found('10.90.0.254/24', 'net-pro', ['net-pro'])).toEqual([]);
    expect(found('10.90.0.254/24', 'incusbr0', ['net-pro'])).toEqual(['pro']);
  });
});

it('gateways are read from plain routes and from several ways at once', () => {
  const routes = [
    { dst: 'default', gateway: '10.0.2.2', dev: 'eth0' },
    { dst: 'default', dev: 'ppp0' },
    {
      dst: 'default',
      nexthops: [
        { gateway: '10.1.0.1', dev: 'eth1' },
        { via: { family: 'inet6', host: 'fe80::1' }, dev: 'eth2' },
      ],
    },
  ];
  expect(parseRoutes(JSON.stringify(routes))).toEqual([
    { address: '10.0.2.2', device: 'eth0' },
    { address: '', device: 'ppp0' },
    { address: '10.1.0.1', device: 'eth1' },
    { address: 'fe80::1', device: 'eth2' },
  ]);
  expect(parseRoutes('')).toEqual([]);
});

describe('after a deployment the host has lost', () => {
  const [one, two] = [
    { address: '10.0.2.2', device: 'eth0' },
    { address: '10.0.2.2', device: 'eth1' },
  ];
  const before = {
    routes: ['default via 10.0.2.2 dev eth0', 'default dev ppp0'],
    answering: [one, two],
  };

  it.each([
    ['nothing', before, []],
    ['nothing, with more than before', { ...before, routes: [...before.routes, 'default'] }, []],
    ['a default route', { ...before, routes: ['default dev ppp0'] }, [before.routes[0]]],
    ['all of them', { routes: [], answering: [one, two] }, before.routes],
    ['a gateway on one NIC alone', { ...before, answering: [one] }, ['10.0.2.2 (eth1)']],
    ['both', { routes: [], answering: [two] }, [...before.routes, '10.0.2.2 (eth0)']],
  ])('%s', (_what, now, expected) => expect(lostBetween(before, now)).toEqual(expected));
});
