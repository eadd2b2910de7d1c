import { join } from 'node:path';
import type { InstanceFull } from '../incus/index.ts';
import type { Text } from '../messages/index.ts';
import type { Host } from '../system/index.ts';
import {
  type Desired,
  type DesiredDomain,
  type DesiredMachine,
  networkCard,
} from '../tree/index.ts';
import { firewallOf, legPins } from './firewall.ts';
import type { Guest } from './guests.ts';
import type { ProbeMachine } from './probes.ts';
import type { Deviation, Untested } from './proof.ts';

/** The part of the daemon's door that finding targets needs. */
export interface InstanceLister {
  readonly instances: { listFull(): Promise<readonly InstanceFull[]> };
}

export interface ProbeTargets {
  readonly machines: readonly ProbeMachine[];
  readonly guests: readonly Guest[];
  readonly untested: readonly Untested[];
  /** Network cards that are not what the tree asks for. */
  readonly deviations: readonly Deviation[];
}

/** Which wanted machines can be probed right now, and why the others cannot. One request to the daemon. */
export async function probeTargets(
  desired: Desired,
  incus: InstanceLister,
  host: Host,
): Promise<ProbeTargets> {
  const instances = new Map(
    (await incus.instances.listFull()).map((one) => [`${one.project}/${one.name}`, one]),
  );
  const machines: ProbeMachine[] = [];
  const guests: Guest[] = [];
  const untested: Untested[] = [];
  const deviations: Deviation[] = [];
  const firewall = firewallOf(desired);
  for (const domain of desired.domains)
    for (const machine of domain.machines) {
      const instance = instances.get(`${domain.project}/${machine.instance}`);
      const reason = whyNot(machine, instance);
      if (reason) untested.push({ machine: machine.name, reason });
      else if (instance?.type === 'virtual-machine')
        guests.push(guestOf(domain, machine, instance));
      else machines.push(probeMachine(domain, machine, instance, host));
      if (!reason && lacksIp6(machine, instance))
        untested.push({ machine: machine.name, reason: withoutIp6(machine) });
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
  return { machines, guests, untested, deviations };
}

function guestOf(domain: DesiredDomain, machine: DesiredMachine, live: InstanceFull): Guest {
  const { name, ip, instance } = machine;
  const tap = live.config['volatile.eth0.host_name'];
  return {
    name,
    domain: domain.name,
    ip,
    ...ip6Of(machine, live),
    ipv6: globalIpv6(live),
    project: domain.project,
    instance,
    ...(tap !== undefined && { tap }),
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
    ...ip6Of(machine, instance),
    netns: join(host.proc, String(instance?.state?.pid ?? 0), 'ns/net'),
    bridge: domain.network.name,
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

/** The address that the tree gives it, once the machine has taken it. */
function ip6Of(machine: DesiredMachine, instance: InstanceFull | undefined): { ip6?: string } {
  return machine.ip6 === undefined || lacksIp6(machine, instance) ? {} : { ip6: machine.ip6 };
}

function lacksIp6({ ip6 }: DesiredMachine, instance: InstanceFull | undefined): boolean {
  if (ip6 === undefined) return false;
  const addresses = Object.values(instance?.state?.network ?? {}).flatMap((card) => card.addresses);
  return !addresses.some(({ address }) => address === ip6);
}

function withoutIp6({ ip6 }: DesiredMachine): Text {
  return {
    en: `it does not have its IPv6 address ${ip6}, and is probed over IPv4 alone`,
    fr: `elle n’a pas son adresse IPv6 ${ip6}, et n’est sondée qu’en IPv4`,
  };
}

function whyNot(machine: DesiredMachine, instance: InstanceFull | undefined): Text | undefined {
  if (!instance) return { en: 'it does not exist', fr: 'elle n’existe pas' };
  if (instance.status !== 'Running' || !instance.state || instance.state.pid <= 0)
    return { en: 'it is not running', fr: 'elle n’est pas démarrée' };
  const addresses = Object.values(instance.state.network ?? {}).flatMap((card) => card.addresses);
  if (!addresses.some(({ address }) => address === machine.ip))
    return {
      en: `it does not have its address ${machine.ip}`,
      fr: `elle n’a pas son adresse ${machine.ip}`,
    };
  return undefined;
}
