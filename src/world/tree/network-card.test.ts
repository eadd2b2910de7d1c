import { expect, it } from 'vitest';
import { domain, machine } from '../../../tests/integration/engine/world.ts';
import { DISPOSABLE_PORT, networkCard } from './network-card.ts';

const card = (name: string, more = {}) =>
  networkCard(domain('pro', 1, []), machine('pro', name, '10.199.1.5', more));

it('pins address and MAC, and names the host end, the same at every call and apart for each machine', () => {
  const web = card('web');
  expect(web).toEqual(card('web'));
  expect(web).toEqual({
    type: 'nic',
    network: 'net-pro',
    name: 'eth0',
    'security.ipv4_filtering': 'true',
    'security.ipv6_filtering': 'true',
    'security.mac_filtering': 'true',
    'ipv4.address': '10.199.1.5',
    hwaddr: expect.stringMatching(/^02(:[0-9a-f]{2}){5}$/),
    host_name: expect.stringMatching(/^ank[0-9a-f]{12}$/),
  });
  expect(card('mail')?.hwaddr).not.toBe(web?.hwaddr);
  expect(card('mail')?.host_name).not.toBe(web?.host_name);
});

it('pins an IPv6 address where both the machine and its domain have one', () => {
  const plain = domain('pro', 1, []);
  const ipv6 = { subnet: 'fd00:1:2:3::/64', gateway: 'fd00:1:2:3::254' };
  const withIpv6 = { ...plain, network: { ...plain.network, ipv6 } };
  const six = (within: typeof plain, more: object) =>
    networkCard(within, machine('pro', 'web', '10.199.1.5', more))?.['ipv6.address'];
  expect(six(withIpv6, { ip6: 'fd00:1:2:3::5' })).toBe('fd00:1:2:3::5');
  expect(six(plain, { ip6: 'fd00:1:2:3::5' })).toBeUndefined();
  expect(Object.keys(networkCard(withIpv6, machine('pro', 'web', '10.199.1.5')) ?? {})).toEqual(
    Object.keys(card('web') ?? {}),
  );
});

it('lets a declared key win, and leaves a card of another kind or network alone', () => {
  const eth0 = { type: 'nic', network: 'net-pro', hwaddr: '02:00:00:00:00:01' };
  expect(card('web', { devices: { eth0 } })).toMatchObject(eth0);
  expect(card('web', { devices: { eth0: { ...eth0, network: 'other' } } })).toBeUndefined();
  expect(card('web', { devices: { eth0: { ...eth0, type: 'none' } } })).toBeUndefined();
});

it('takes the card of the last profile that has one, and the own one before that', () => {
  const eth0 = (mtu: string) => ({ eth0: { type: 'nic', network: 'net-pro', mtu } });
  const profiles = [
    { name: 'first', config: {}, devices: eth0('1') },
    { name: 'second', config: {}, devices: eth0('2') },
    { name: 'bare', config: {}, devices: {} },
  ];
  const mtu = (profilesOfMachine: string[], devices = {}) =>
    networkCard(
      domain('pro', 1, [], { profiles }),
      machine('pro', 'web', '10.199.1.5', { profiles: profilesOfMachine, devices }),
    )?.mtu;
  expect(mtu(['default', 'first', 'second', 'bare'])).toBe('2');
  expect(mtu(['second', 'first'])).toBe('1');
  expect(mtu(['bare', 'gone'])).toBeUndefined();
  expect(mtu(['first'], eth0('9'))).toBe('9');
});

it('no machine of the tree has a card that is called like one of a disposable', () => {
  const one = { ...machine('pro', 'web', '10.199.1.5'), instance: 'web' };
  const port = networkCard(domain('pro', 1, []), one, DISPOSABLE_PORT)?.host_name;
  expect(port).toMatch(/^ankx[0-9a-f]{11}$/);
  // What follows the prefix of a declared one is hexadecimal.
  expect(card('web')?.host_name?.startsWith(DISPOSABLE_PORT)).toBe(false);
});
