import { createHash } from 'node:crypto';
import type { Config } from '../infra/index.ts';
import type { DesiredDomain, DesiredMachine } from './desired.ts';

/** What the names of cards on the host begin with, before hexadecimal digits. */
const PORT = 'ank';
/** The same for machines that come and go without a line in the tree; x is no hexadecimal digit. */
export const DISPOSABLE_PORT = 'ankx';

/** What a card follows from. */
type Carrier = Pick<DesiredMachine, 'instance' | 'ip' | 'ip6' | 'devices' | 'profiles'>;

/**
 * The network card that joins a machine to its domain's bridge, as the Incus device `eth0`; undefined where the
 * machine or a profile declares another kind of eth0. What is declared wins over every key given here.
 *
 * Address and MAC are pinned. The MAC and the name of the card's end on the host (`host_name`) follow from the
 * machine's name, so that rules can tie one to the other before the machine exists.
 */
export function networkCard(
  domain: DesiredDomain,
  machine: Carrier,
  port: string = PORT,
): Config | undefined {
  const plain = { type: 'nic', network: domain.network.name, name: 'eth0' };
  const base = machine.devices.eth0 ?? profileCard(domain, machine) ?? plain;
  if (base.type !== 'nic' || base.network !== domain.network.name) return undefined;
  const digits = createHash('sha256').update(`${domain.project}/${machine.instance}`).digest('hex');
  return {
    'security.ipv4_filtering': 'true',
    'security.ipv6_filtering': 'true',
    'security.mac_filtering': 'true',
    'ipv4.address': machine.ip,
    ...(machine.ip6 !== undefined && domain.network.ipv6 && { 'ipv6.address': machine.ip6 }),
    // 02: locally administered, and no group address.
    hwaddr: `02:${(digits.match(/../g) ?? []).slice(0, 5).join(':')}`,
    // At most 15 characters.
    host_name: `${port}${digits}`.slice(0, 15),
    ...base,
  };
}

/** The eth0 that the machine's profiles give it, a later profile winning over an earlier one. */
function profileCard(domain: DesiredDomain, machine: Carrier): Config | undefined {
  const cards = machine.profiles.map(
    (name) => domain.profiles.find((profile) => profile.name === name)?.devices.eth0,
  );
  return cards.filter((card) => card !== undefined).at(-1);
}
