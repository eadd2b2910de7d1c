import { expect, it } from 'vitest';
import { fitsBridge } from './card-fits.ts';

const bridge = { 'ipv4.address': '10.183.11.254/24', 'ipv6.address': 'fd12:3456:789a:b::254/64' };

it.each([
  [{ 'ipv4.address': '10.183.11.1' }],
  [{ 'ipv4.address': '10.183.11.1', 'ipv6.address': 'fd12:3456:789a:b::1' }],
  [{ 'ipv4.address': '' }],
  [{ 'ipv4.address': 'none' }],
  [{}],
])('%j fits', (nic) => {
  expect(fitsBridge(nic, bridge)).toBe(true);
});

it.each([
  [{ 'ipv4.address': '10.183.10.1' }],
  [{ 'ipv4.address': '10.183.12.0' }],
  [{ 'ipv4.address': '11.183.11.1' }],
  [{ 'ipv4.address': '10.183.11.1', 'ipv6.address': 'fd12:3456:789a:a::1' }],
  [{ 'ipv6.address': 'fd12:3456:789b:b::1' }],
])('%j does not fit', (nic) => {
  expect(fitsBridge(nic, bridge)).toBe(false);
});

it('an address of a family that the bridge does not have is not judged', () => {
  const nic = { 'ipv4.address': '10.1.1.1', 'ipv6.address': 'fd12::1' };
  for (const none of [{}, { 'ipv4.address': 'none', 'ipv6.address': 'none' }] as Record<
    string,
    string
  >[])
    expect(fitsBridge(nic, none)).toBe(true);
  expect(fitsBridge(nic, { 'ipv4.address': '10.1.1.1/33', 'ipv6.address': 'fd13::/x' })).toBe(true);
});
