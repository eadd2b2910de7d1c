import { expect, it } from 'vitest';
import { domain, world } from '../../tests/integration/engine/world.ts';
import type { Network } from '../incus/index.ts';
import { refuseCollisions } from './collisions.ts';

const desired = world('mine', [domain('pro', 1, []), domain('home', 2, [])]);
const bridge = (name: string, address: string): Network => ({
  name,
  description: '',
  type: 'bridge',
  managed: true,
  status: 'Created',
  config: { 'ipv4.address': address, 'user.anklume.project': 'mine' },
  used_by: [],
});
const vpn = (subnet: string) => [{ subnet, device: 'tun0' }];
const told = (subnet: string, known: readonly Network[]) =>
  refuseCollisions(desired, vpn(subnet), known).map(({ id, text }) => `${id} ${text.en}`);

it('a subnet that is still to be had is refused', () => {
  const refused = { code: 'subnet-collides-host', exit: 2 };
  for (const known of [[], [bridge('net-pro', '10.199.9.254/24')], [bridge('net-pro', 'none')]])
    expect(() => told('10.199.1.0/24', known)).toThrow(expect.objectContaining(refused));
});

it('one that a bridge has already is told, with what comes of it', () => {
  const known = [bridge('net-pro', '10.199.1.254/24')];
  expect(told('10.199.1.0/25', known)).toEqual([
    expect.stringMatching(
      /^network:net-pro pro: .* packets to machines of the domain leave through tun0/,
    ),
  ]);
  expect(told('10.199.0.0/23', known)).toEqual([
    expect.stringMatching(/behind tun0 cannot be reached from here\.$/),
  ]);
  expect(told('10.198.0.0/16', known)).toEqual([]);
});

it('one of each: the new one is refused', () => {
  const known = [bridge('net-pro', '10.199.1.254/24')];
  expect(() => told('10.199.0.0/16', known)).toThrow(
    expect.objectContaining({
      problems: [expect.objectContaining({ path: ['domains', 'home', 'subnet_id'] })],
    }),
  );
});
