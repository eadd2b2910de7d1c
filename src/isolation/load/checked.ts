import { AnklumeError, verbatim } from '../../base/messages/index.ts';
import { octetsOf, printable } from '../../base/system/index.ts';
import { parseCidr6, parseIpv6 } from '../../world/infra/index.ts';

/**
 * The tree is text that anyone with the folder may edit, and a ruleset is loaded as root:
 * only values of these shapes ever become part of one.
 */
export function checkedBridge(untrustedName: string): string {
  if (!/^[A-Za-z0-9_.-]{1,15}$/.test(untrustedName)) throw bad(untrustedName);
  return untrustedName;
}

/** Six pairs of hexadecimal digits, as nft lists them: in lower case. */
export function checkedMac(untrustedMac: string): string {
  const mac = untrustedMac.toLowerCase();
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)) throw bad(untrustedMac);
  return mac;
}

/** A dotted quad. */
export function checkedAddress(untrustedAddress: string): string {
  if (!octetsOf(untrustedAddress)) throw bad(untrustedAddress);
  return untrustedAddress;
}

/** A dotted quad and a prefix length. */
export function checkedSubnet(untrustedSubnet: string): string {
  const [address = '', length = ''] = untrustedSubnet.split('/', 2);
  checkedAddress(address);
  if (`${address}/${length}` !== untrustedSubnet || !isCount(length, 32))
    throw bad(untrustedSubnet);
  return untrustedSubnet;
}

/** An IPv6 address, as the kernel prints it. */
export function checkedAddress6(untrustedAddress: string): string {
  const address = parseIpv6(untrustedAddress);
  if (address === undefined) throw bad(untrustedAddress);
  return address;
}

/** An IPv6 network of 64 bits. */
export function checkedSubnet6(untrustedSubnet: string): string {
  const subnet = parseCidr6(untrustedSubnet);
  if (subnet === undefined) throw bad(untrustedSubnet);
  return subnet;
}

/** Ports, sorted and each once. */
export function checkedPorts(untrustedPorts: readonly number[]): number[] {
  for (const port of untrustedPorts)
    if (!Number.isInteger(port) || port < 1 || port > 65535) throw bad(String(port));
  return [...new Set(untrustedPorts)].sort((a, b) => a - b);
}

function isCount(word: string, most: number): boolean {
  return /^(0|[1-9][0-9]{0,2})$/.test(word) && Number(word) <= most;
}

function bad(untrustedValue: string): AnklumeError {
  const shown = printable(untrustedValue).slice(0, 60);
  return new AnklumeError({
    code: 'bad-network-value',
    message: {
      en: `'${shown}' cannot be used in an isolation rule: it is not the name of a bridge or host interface, an address, a subnet or a port.`,
      fr: `« ${shown} » ne peut pas figurer dans une règle d'isolation : ce n'est ni le nom d'un pont ou d'une interface de l'hôte, ni une adresse, ni un sous-réseau, ni un port.`,
    },
    remedy: verbatim('anklume sync'),
  });
}
