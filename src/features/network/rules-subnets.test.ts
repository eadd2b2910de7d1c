import { describe, expect, it } from 'vitest';
import { desiredWorld } from '../../../tests/integration/network/world.ts';
import type { Network } from '../../incus/index.ts';
import { allowedFlows, renderRuleset } from '../../isolation/index.ts';
import { checkSubnets } from './rules-subnets.ts';

const text = renderRuleset(
  allowedFlows(
    desiredWorld(60, [
      { name: 'a', machines: ['a1'], ipv6: true },
      { name: 'b', machines: ['b1'] },
    ]),
  ),
);
const bridge = (name: string, config: Record<string, string>): Network => ({
  ...{ name, description: '', type: 'bridge', managed: true, used_by: [], status: 'Created' },
  config,
});
const own = [
  bridge('net-a', { 'ipv4.address': '10.60.0.254/24', 'ipv6.address': 'fd00:60::254/64' }),
  bridge('net-b', { 'ipv4.address': '10.60.1.254/24' }),
];
const lan = { subnet: '192.168.1.20/24', device: 'eth0' };
const ways = [lan, { subnet: '10.60.0.254/24', device: 'net-a' }];

describe('networks that rules from elsewhere call domains', () => {
  it('are those of bridges of Incus', () => {
    expect(text).toContain('set subnets {');
    expect(() => checkSubnets(text, own, ways)).not.toThrow();
  });

  it('or private ones that nothing here uses yet', () => {
    expect(() => checkSubnets(text, [], [lan])).not.toThrow();
  });

  it.each([
    '192.168.1.0/24',
    '9.9.9.0/24',
    '0.0.0.0/0',
    '10.0.0.0/8',
    '10.60.1.0/25',
    '2001:db8::/64',
  ])('and not %s', (subnet) => {
    const changed = text.replace(
      /(set subnets6? \{\n(?:\t\t.*\n)*?)\t\t\t10\.60\.1\.0\/24/,
      `$1\t\t\t${subnet}`,
    );
    expect(changed).not.toBe(text);
    expect(() => checkSubnets(changed, own, ways)).toThrow(
      expect.objectContaining({ code: 'rules-foreign-subnets', exit: 2 }),
    );
  });

  it('nor what the host has on a card of its own under the network of a bridge that is not there', () => {
    const used = [{ subnet: '10.60.1.7/26', device: 'eth0' }];
    expect(() => checkSubnets(text, [], used)).toThrow('10.60.1.0/24');
  });
});
