import { expect, it } from 'vitest';
import { isDnsmasqOf } from './remains.ts';

const leases = '--dhcp-leasefile=/var/lib/incus/networks/net-pro/dnsmasq.leases';

it('knows the dnsmasq that Incus runs for a bridge', () => {
  expect(isDnsmasqOf(['dnsmasq', '--interface=net-pro', leases], 'net-pro')).toBe(true);
  expect(isDnsmasqOf(['/usr/sbin/dnsmasq', '--interface=net-pro', leases], 'net-pro')).toBe(true);
});

it.each([
  [['dnsmasq', '--interface=net-pro2', leases]],
  [['dnsmasq', '--interface=net-pro']],
  [['sh', '--interface=net-pro', leases]],
  [['dnsmasq', '--interface=net', leases]],
  [['']],
])('leaves %j alone', (argv) => expect(isDnsmasqOf(argv, 'net-pro')).toBe(false));
