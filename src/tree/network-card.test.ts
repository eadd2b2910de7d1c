import { expect, it } from 'vitest';
import { domain, machine } from '../../tests/integration/engine/world.ts';
import { DISPOSABLE_PORT, networkCard } from './network-card.ts';

const card = (name: string, more = {}) =>
  networkCard(domain('pro', 1, []), machine('pro', name, '10.199.1.5', more));

it('pins address and MAC, and names the host end, the same at every call and apart for each machine', () => {
  const web = card('web');
  expect(web).toEqual(card('web'));
  expect(web).toMatchObject({
    'security.ipv4_filtering': 'true',
    'security.ipv6_filtering': 'true',
    'security.mac_filtering': 'true',
  });
  expect(web?.hwaddr).toMatch(/^02(:[0-9a-f]{2}){5}$/);
  expect(web?.host_name).toMatch(/^ank[0-9a-f]{12}$/);
  expect(card('mail')?.hwaddr).not.toBe(web?.hwaddr);
  expect(card('mail')?.host_name).not.toBe(web?.host_name);
});

it('lets a declared key win, and leaves a card elsewhere alone', () => {
  const eth0 = { type: 'nic', network: 'net-pro', hwaddr: '02:00:00:00:00:01' };
  expect(card('web', { devices: { eth0 } })).toMatchObject(eth0);
  expect(card('web', { devices: { eth0: { ...eth0, network: 'other' } } })).toBeUndefined();
});

it('no machine of the tree has a card that is called like one of a disposable', () => {
  const one = { ...machine('pro', 'web', '10.199.1.5'), instance: 'web' };
  const port = networkCard(domain('pro', 1, []), one, DISPOSABLE_PORT)?.host_name;
  expect(port).toMatch(/^ankx[0-9a-f]{11}$/);
  // What follows the prefix of a declared one is hexadecimal.
  expect(card('web')?.host_name?.startsWith(DISPOSABLE_PORT)).toBe(false);
});
