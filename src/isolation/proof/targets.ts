import { join } from 'node:path';
import type { Text } from '../../base/messages/index.ts';
import type { Host } from '../../base/system/index.ts';
import type { InstanceFull } from '../../incus/index.ts';
import {
  type Desired,
  type DesiredDomain,
  type DesiredMachine,
  networkCard,
} from '../../world/tree/index.ts';
import { firewallOf, legPins } from '../rules/firewall.ts';
import type { Guest } from './guest.ts';
import type { JoinedNic, ProbeMachine } from './probes.ts';
import type { Deviation, Untested } from './proof.ts';

/** The part of the daemon's door that finding targets needs. */
export interface InstanceLister {
  readonly instances: { listFull(): Promise<readonly InstanceFull[]> };
}

export interface ProbeTargets {
  /** Everything that the daemon has. */
  readonly instances: readonly InstanceFull[];
  readonly machines: readonly ProbeMachine[];
  readonly guests: readonly Guest[];
  readonly untested: readonly Untested[];
  /** Machines without the IPv6 address that the tree gives them: tried over IPv6 where that needs nothing of theirs. */
  readonly without6: readonly Untested[];
  /** Network cards that are not what the tree asks for. */
  readonly deviations: readonly Deviation[];
}

/** Which wanted machines can be probed right now, and why the others cannot. One request to the daemon. */
export async function probeTargets(
  desired: Desired,
  incus: InstanceLister,
  host: Host,
): Promise<ProbeTargets> {
  const all = await incus.instances.listFull();
  const instances = new Map(all.map((one) => [`${one.project}/${one.name}`, one]));
  const machines: ProbeMachine[] = [];
  const guests: Guest[] = [];
  const untested: Untested[] = [];
  const without6: Untested[] = [];
  const deviations: Deviation[] = [];
  const firewall = firewallOf(desired);
  for (const domain of desired.domains)
    for (const machine of domain.machines) {
      const instance = instances.get(`${domain.project}/${machine.instance}`);
      const absent = whyAbsent(instance);
      const reason = absent ?? withoutAddress(machine, instance);
      // One that is frozen has its NIC, and goes on where it stood.
      const excused = absent && instance?.status !== 'Frozen';
      if (reason)
        untested.push({ machine: machine.name, reason, ...(excused && { excused: true }) });
      if (!absent && instance?.type === 'virtual-machine')
        guests.push(guestOf(domain, machine, instance));
      else if (!absent) machines.push(probeMachine(domain, machine, instance, host));
      if (!reason && lacksIp6(machine, instance))
        without6.push({ machine: machine.name, reason: withoutIp6(machine) });
      if (!instance) continue;
      deviations.push(
        ...cardDeviations(machine, 'eth0', networkCard(domain, machine) ?? {}, instance),
      );
      if (machine.name !== firewall?.machine) continue;
      for (const leg of firewall.ports.slice(1)) {
        const { card, address, ipv6, mac, port } = leg;
        const pins = {
          ...legPins(leg),
          'ipv4.address': address,
          ...(ipv6 && { 'ipv6.address': ipv6.address }),
          hwaddr: mac,
          host_name: port,
        };
        deviations.push(...cardDeviations(machine, card, pins, instance));
      }
    }
  return { instances: all, machines, guests, untested, without6, deviations };
}

function guestOf(domain: DesiredDomain, machine: DesiredMachine, live: InstanceFull): Guest {
  const { name, ip, instance } = machine;
  return {
    name,
    domain: domain.name,
    ip,
    ...(machine.ip6 !== undefined && domain.network.ipv6 && { ip6: machine.ip6 }),
    ipv6: globalIpv6(live),
    project: domain.project,
    instance,
    ...joinedNic(domain, live),
  };
}

/** How its eth0 is joined to the domain, as the daemon has it; nothing of one that is joined elsewhere. */
function joinedNic({ network }: DesiredDomain, live: InstanceFull | undefined): JoinedNic {
  const { config = {}, expanded_devices } = live ?? {};
  const eth0 = expanded_devices?.eth0 ?? {};
  const port = config['volatile.eth0.host_name'];
  const mac = eth0.hwaddr ?? config['volatile.eth0.hwaddr'];
  const isJoined = eth0.network === network.name || eth0.parent === network.name;
  return {
    bridge: network.name,
    ...(isJoined && port !== undefined && mac !== undefined && { port, mac: mac.toLowerCase() }),
  };
}

function probeMachine(
  domain: DesiredDomain,
  machine: DesiredMachine,
  instance: InstanceFull | undefined,
  host: Host,
): ProbeMachine {
  return {
    name: machine.name,
    domain: domain.name,
    ip: machine.ip,
    ...(machine.ip6 !== undefined && domain.network.ipv6 && { ip6: machine.ip6 }),
    netns: join(host.proc, String(instance?.state?.pid ?? 0), 'ns/net'),
    ...joinedNic(domain, instance),
    ipv6: globalIpv6(instance),
  };
}

function globalIpv6(instance: InstanceFull | undefined): string[] {
  const cards = Object.values(instance?.state?.network ?? {});
  const addresses = cards.flatMap((card) => card.addresses);
  const ipv6 = addresses.filter(({ family, scope }) => family === 'inet6' && scope === 'global');
  return ipv6.map(({ address }) => address);
}

/** Keys of a card that pin something, and that the daemon does not have as the tree asks for. */
function cardDeviations(
  { name }: DesiredMachine,
  card: string,
  wanted: Readonly<Record<string, string>>,
  instance: InstanceFull,
): Deviation[] {
  const live = instance.expanded_devices[card] ?? {};
  const place = card === 'eth0' ? `card of ${name}` : `card ${card} of ${name}`;
  return PINNING.flatMap((key) => {
    const value = wanted[key];
    if (value === undefined || value === live[key]) return [];
    return [{ place, change: 'missing', line: `${key}=${value}` }];
  });
}

const PINNING = [
  'security.ipv4_filtering',
  'security.ipv6_filtering',
  'security.mac_filtering',
  'ipv4.address',
  'ipv6.address',
  'hwaddr',
  'host_name',
];

function lacksIp6({ ip6 }: DesiredMachine, instance: InstanceFull | undefined): boolean {
  if (ip6 === undefined) return false;
  const addresses = Object.values(instance?.state?.network ?? {}).flatMap((card) => card.addresses);
  return !addresses.some(({ address }) => address === ip6);
}

function withoutIp6({ ip6 }: DesiredMachine): Text {
  return {
    en: `it does not have its IPv6 address ${ip6}: over IPv6 it was tried at the host's end of its NIC alone`,
    fr: `elle n'a pas son adresse IPv6 ${ip6} : en IPv6, elle n'a été essayée que du côté hôte de son interface`,
  };
}

function whyAbsent(instance: InstanceFull | undefined): Text | undefined {
  if (!instance) return { en: 'it does not exist', fr: "elle n'existe pas" };
  if (instance.status === 'Frozen') return { en: 'it is frozen', fr: 'elle est gelée' };
  if (instance.status !== 'Running' || !instance.state || instance.state.pid <= 0)
    return { en: 'it is not running', fr: "elle n'est pas démarrée" };
  return undefined;
}

function withoutAddress(
  { ip }: DesiredMachine,
  instance: InstanceFull | undefined,
): Text | undefined {
  const addresses = Object.values(instance?.state?.network ?? {}).flatMap((card) => card.addresses);
  if (addresses.some(({ address }) => address === ip)) return undefined;
  return {
    en: `it does not have its address ${ip}`,
    fr: `elle n'a pas son adresse ${ip}`,
  };
}
