import { isWithin } from '../../foreign/sample.ts';

/** Whether an address is in one of several networks. What is no address is in none. */
export function isWithinOne(address: string, networks: readonly string[]): boolean {
  const family = address.includes(':') ? 6 : 4;
  return networks.some((network) => isWithin(address, network, { family }) === 'yes');
}
