import { ipv4Number, ipv4Overlap, ipv4Range } from '../../base/system/index.ts';
import { bitsOf, type Config, parseIpv6 } from '../infra/index.ts';

/**
 * Whether the addresses of a NIC lie within the subnets of a bridge, both as Incus has them: it neither starts nor
 * changes a machine of which that is not so. A NIC without an address asks for one, and fits everywhere.
 */
export function fitsBridge(nic: Config, network: Config): boolean {
  return (
    within4(nic['ipv4.address'], network['ipv4.address']) &&
    within6(nic['ipv6.address'], network['ipv6.address'])
  );
}

function within4(address = '', cidr = ''): boolean {
  const own = ipv4Number(address);
  const range = cidr.includes('/') ? ipv4Range(cidr) : undefined;
  if (own === undefined || range === undefined) return true;
  return ipv4Overlap({ first: own, last: own }, range);
}

function within6(address = '', cidr = ''): boolean {
  const [gateway = '', length = ''] = cidr.split('/');
  const [own, other] = [parseIpv6(address), parseIpv6(gateway)];
  if (!own || !other || !/^\d{1,3}$/.test(length) || Number(length) > 128) return true;
  const host = BigInt(128 - Number(length));
  return bitsOf(own) >> host === bitsOf(other) >> host;
}
