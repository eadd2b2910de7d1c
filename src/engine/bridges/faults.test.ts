import { expect, it } from 'vitest';
import type { Instance, Network } from '../../incus/index.ts';
import { bridgeFaults } from './faults.ts';
import { type BridgeView, fromIp, socketsIn } from './view.ts';

const network = (config: Record<string, string> = {}) =>
  ({
    name: 'net-pro',
    status: 'Created',
    config: { 'ipv4.address': '10.1.1.254/24', 'ipv6.address': 'none', ...config },
  }) as Pick<Network, 'name' | 'status' | 'config'>;

const machine = (status = 'Running') =>
  ({
    name: 'pro-dev',
    status,
    config: { 'volatile.eth0.host_name': 'ank1' },
    expanded_devices: { eth0: { type: 'nic', network: 'net-pro' } },
  }) as unknown as Pick<Instance, 'name' | 'status' | 'config' | 'expanded_devices'>;

const bridge = { name: 'net-pro', up: true, addresses: ['10.1.1.254/24'] };
const port = { name: 'ank1', up: true, master: 'net-pro', addresses: [] };
const whole: BridgeView = {
  links: [bridge, port],
  forwarding: { inet: ['all', 'net-pro'], inet6: [] },
  sockets: ['10.1.1.254:53', '0.0.0.0:67'],
  halted: [],
};
const codes = (view: BridgeView | undefined, config = {}, status = 'Running') =>
  bridgeFaults([network(config)], [machine(status)], view).map(({ code }) => code);

it('a bridge that is whole, or that nobody could look at, has no fault', () => {
  expect(codes(whole)).toEqual([]);
  expect(codes(undefined)).toEqual([]);
  expect(codes({ ...whole, sockets: undefined } as unknown as BridgeView)).toEqual([]);
});

it.each([
  ['bridge-services', { sockets: ['0.0.0.0:67'] }],
  ['bridge-services', { halted: ['net-pro'] }],
  ['no-forwarding', { forwarding: { inet: ['all', 'lo'], inet6: ['net-pro'] } }],
  ['no-forwarding', { forwarding: { inet: [], inet6: ['net-pro'] } }],
  ['bridge-down', { links: [{ ...bridge, up: false }, port] }],
  ['bridge-address', { links: [{ ...bridge, addresses: ['10.1.1.1/24'] }, port] }],
  ['nic-detached', { links: [bridge, { ...port, master: 'other' }] }],
  ['nic-detached', { links: [bridge, { ...port, up: false }] }],
  ['nic-missing', { links: [bridge] }],
])('%s is named: %j', (code, change) => {
  expect(codes({ ...whole, ...change } as BridgeView)).toEqual([code]);
});

it('without its bridge a machine is without its NIC too', () => {
  expect(codes({ ...whole, links: [] })).toEqual(['bridge-missing', 'nic-missing']);
});

it('what is turned off by a setting is no fault, nor what does not run', () => {
  const quiet = { ...whole, sockets: [] };
  expect(codes(quiet, { 'dns.mode': 'none' })).toEqual([]);
  expect(codes(quiet, { 'raw.dnsmasq': 'cache-size=0\nport=0' })).toEqual([]);
  expect(codes(quiet, { 'raw.dnsmasq': 'local-port=5' })).toEqual(['bridge-services']);
  expect(codes({ ...whole, links: whole.links.slice(0, 1) }, {}, 'Stopped')).toEqual([]);
  expect(
    codes({ ...whole, forwarding: { inet: [], inet6: [] } }, { 'ipv4.address': 'none' }),
  ).toEqual([]);
});

it('IPv6 counts where it is declared', () => {
  const six = { 'ipv6.address': 'fd12::254/64' };
  expect(codes(whole, six)).toEqual(['bridge-address', 'bridge-services', 'no-forwarding']);
});

it('turns on what is off: the bridge alone, or all where the host forwards nothing of a family', () => {
  const six = { 'ipv6.address': 'fd12::254/64' };
  const links = [{ ...bridge, addresses: ['10.1.1.254/24', 'fd12::254/64'] }, port];
  const sockets = ['10.1.1.254:53', '[fd12::254]:53'];
  const found = (inet: string[], inet6: string[]) =>
    bridgeFaults([network(six)], [], { ...whole, links, sockets, forwarding: { inet, inet6 } }).map(
      ({ family, of }) => `${family} ${of ?? 'bridge'}`,
    );
  expect(found(['all', 'net-pro'], ['all', 'net-pro'])).toEqual([]);
  expect(found(['all'], ['all'])).toEqual(['ipv4 bridge', 'ipv6 bridge']);
  expect(found([], [])).toEqual(['ipv4 all', 'ipv6 all']);
  // IPv4 goes by the interface alone, IPv6 by the word for all as well.
  expect(found(['net-pro'], ['net-pro'])).toEqual(['ipv6 all']);
});

it('reads what the kernel and ip say', () => {
  const udp = [
    '   sl  local_address rem_address   st tx_queue rx_queue tr',
    '  101: FE01010A:0035 00000000:0000 07 00000000:00000000 00',
    '  102: 00000000:0043 00000000:0000 07 00000000:00000000 00',
    ' 1103: 000012FD000000000000000054020000:0035 0000:0000 07',
  ].join('\n');
  expect(socketsIn(udp)).toEqual(['10.1.1.254:53', '0.0.0.0:67', '[fd12::254]:53']);
  const listed = [
    JSON.stringify([
      { ifname: 'net-pro', flags: ['UP'], addr_info: [{ local: '10.1.1.254', prefixlen: 24 }] },
      { ifname: 'ank1', flags: [], master: 'net-pro' },
    ]),
    JSON.stringify([{ dst: 'default', dev: 'eth0' }]),
    JSON.stringify([
      { family: 'inet', interface: 'net-pro', forwarding: true },
      { family: 'inet6', interface: 'net-pro', forwarding: false },
    ]),
  ].join('\n');
  expect(fromIp(listed)).toEqual({
    links: [
      { name: 'net-pro', up: true, addresses: ['10.1.1.254/24'] },
      { name: 'ank1', up: false, master: 'net-pro', addresses: [] },
    ],
    forwarding: { inet: ['net-pro'], inet6: [] },
  });
});
