import {
  type Desired,
  type DesiredDomain,
  type DesiredMachine,
  type DesiredPolicy,
  networkCard,
} from '../../world/tree/index.ts';
import {
  checkedAddress,
  checkedAddress6,
  checkedBridge,
  checkedMac,
  checkedPorts,
  checkedSubnet,
  checkedSubnet6,
} from '../load/checked.ts';
import { type Firewall, firewallOf } from '../rules/firewall.ts';
import { once } from './once.ts';

/** A whole domain: every address of its subnet, behind its bridge. */
export interface DomainSubject {
  readonly kind: 'domain';
  readonly name: string;
  readonly bridge: string;
  readonly subnet: string;
  readonly gateway: string;
  /** Absent: IPv6 is off in this domain. */
  readonly ipv6?: { readonly subnet: string; readonly gateway: string };
}

/** One machine: one address behind its domain's bridge. */
export interface MachineSubject {
  readonly kind: 'machine';
  readonly name: string;
  readonly domain: string;
  readonly bridge: string;
  readonly gateway: string;
  readonly ip: string;
  /** Absent: it has no IPv6. */
  readonly ip6?: string;
  /** Absent where the machine's eth0 is declared to be something else than a card on its domain's bridge. */
  readonly card?: Card;
}

/** A machine's network card: the name of its end on the host, its MAC, and what nobody may forge behind it. */
export interface Card {
  readonly port: string;
  readonly mac: string;
  readonly pinned: {
    readonly address: boolean;
    readonly address6: boolean;
    readonly mac: boolean;
  };
}

/** The machine that runs the daemon, and everything that is neither it nor ours. */
export interface HostSubject {
  readonly kind: 'host';
}
export interface InternetSubject {
  readonly kind: 'internet';
}
/** Private addresses beyond the host: the networks that it is itself connected to. */
export interface LanSubject {
  readonly kind: 'lan';
}

export type Subject = DomainSubject | MachineSubject | HostSubject | InternetSubject | LanSubject;
export type Protocol = 'tcp' | 'udp' | 'icmp';

/** Why a flow is allowed. Policies count from 1, in the order of the file. */
export type Reason =
  | {
      readonly kind: 'policy';
      readonly number: number;
      readonly description: string;
      readonly from: string;
      readonly to: string;
      readonly reverse: boolean;
    }
  | { readonly kind: 'default'; readonly code: DefaultFlow };

export type DefaultFlow = 'intra-domain' | 'own-gateway' | 'from-host' | 'internet' | 'lan';

/** Whoever opens a conversation of this kind may; answers to it come back. */
export interface Flow {
  readonly from: Subject;
  readonly to: Subject;
  readonly protocol: Protocol | 'any';
  /** Destination ports. */
  readonly ports: 'all' | readonly number[];
  /** Absent: over IPv4, and over IPv6 where both ends have it. */
  readonly family?: 4;
  readonly reason: Reason;
}

/** Everything that may cross a wall. Rules, proof and explanation derive from it; what it does not name is closed. */
export interface FlowModel {
  readonly projectName: string;
  readonly domains: readonly DomainSubject[];
  readonly machines: readonly MachineSubject[];
  readonly flows: readonly Flow[];
  /** Present where domains reach each other through the firewall machine. */
  readonly firewall?: Firewall;
  /** Whether dropped packets are told in the kernel's log. */
  readonly logDrops: boolean;
  /** Names in policies that are no domain, machine or host, such as a domain that is switched off. */
  readonly unknownNames: readonly { readonly policy: number; readonly name: string }[];
}

const host: HostSubject = { kind: 'host' };
const internet: InternetSubject = { kind: 'internet' };
const lan: LanSubject = { kind: 'lan' };

/**
 * The flows that a wanted world allows; made once for each world. Throws `bad-network-value` for what no ruleset may
 * contain.
 */
export const allowedFlows: (desired: Desired) => FlowModel = once(flowsOf);

function flowsOf(desired: Desired): FlowModel {
  const pairs = [...desired.domains].sort(byName).map((domain) => ({
    domain,
    subject: domainSubject(domain),
  }));
  const domains = pairs.map(({ subject }) => subject);
  const machines = pairs.flatMap(({ domain, subject }) => machineSubjects(domain, subject));
  const find = subjectFinder(domains, machines);
  const flows = pairs.flatMap(({ domain, subject }) => defaultFlows(subject, domain));
  const unknownNames: { policy: number; name: string }[] = [];
  desired.policies.forEach((policy, index) => {
    const number = index + 1;
    for (const name of [policy.from, policy.to])
      if (!find(name)) unknownNames.push({ policy: number, name });
    flows.push(...policyFlows(policy, number, find));
  });
  const { projectName, logDrops } = desired;
  const firewall = firewallOf(desired);
  return {
    projectName,
    domains,
    machines,
    flows,
    ...(firewall && { firewall }),
    logDrops,
    unknownNames,
  };
}

/**
 * A name in a policy is first a machine, then a domain: where both exist, the one that opens less.
 */
function subjectFinder(
  domains: readonly DomainSubject[],
  machines: readonly MachineSubject[],
): (name: string) => Subject | undefined {
  const byNames = new Map<string, Subject>([['host', host]]);
  for (const domain of domains) byNames.set(domain.name, domain);
  for (const machine of machines) byNames.set(machine.name, machine);
  return (name) => byNames.get(name);
}

function policyFlows(
  policy: DesiredPolicy,
  number: number,
  find: (name: string) => Subject | undefined,
): Flow[] {
  const from = find(policy.from);
  const to = find(policy.to);
  if (!from || !to) return [];
  const { description, protocol = 'any' } = policy;
  const ports = policy.ports === 'all' ? 'all' : checkedPorts(policy.ports);
  if (ports.length === 0) return [];
  // Ports without a protocol: who reads policies gives them one.
  if (protocol === 'any' && ports !== 'all') return [];
  const reason = (reverse: boolean): Reason => ({
    kind: 'policy',
    number,
    description,
    from: policy.from,
    to: policy.to,
    reverse,
  });
  const flow: Flow = { from, to, protocol, ports, reason: reason(false) };
  if (!policy.bidirectional) return [flow];
  return [flow, { ...flow, from: to, to: from, reason: reason(true) }];
}

function defaultFlows(domain: DomainSubject, declared: DesiredDomain): Flow[] {
  const every = (
    from: Subject,
    to: Subject,
    code: DefaultFlow,
    protocol: Flow['protocol'] = 'any',
    ports: Flow['ports'] = 'all',
  ): Flow => ({ from, to, protocol, ports, reason: { kind: 'default', code } });
  // Over IPv6 hosts of the local network have addresses like any on the internet: where one is closed, so is the other.
  const onlyIpv4 = declared.lan ? {} : ({ family: 4 } as const);
  return [
    every(domain, domain, 'intra-domain'),
    every(domain, host, 'own-gateway', 'tcp', [53]),
    every(domain, host, 'own-gateway', 'udp', [53, 67]),
    every(domain, host, 'own-gateway', 'icmp'),
    every(host, domain, 'from-host'),
    ...(declared.internet ? [{ ...every(domain, internet, 'internet'), ...onlyIpv4 }] : []),
    ...(declared.internet && declared.lan ? [every(domain, lan, 'lan')] : []),
  ];
}

function domainSubject(domain: DesiredDomain): DomainSubject {
  const { ipv6 } = domain.network;
  return {
    kind: 'domain',
    name: domain.name,
    bridge: checkedBridge(domain.network.name),
    subnet: checkedSubnet(domain.network.subnet),
    gateway: checkedAddress(domain.network.gateway),
    ...(ipv6 && {
      ipv6: { subnet: checkedSubnet6(ipv6.subnet), gateway: checkedAddress6(ipv6.gateway) },
    }),
  };
}

function machineSubjects(domain: DesiredDomain, subject: DomainSubject): MachineSubject[] {
  return [...domain.machines].sort(byName).map((machine) => ({
    kind: 'machine',
    name: machine.name,
    domain: domain.name,
    bridge: subject.bridge,
    gateway: subject.gateway,
    ip: checkedAddress(machine.ip),
    ...(subject.ipv6 && machine.ip6 !== undefined && { ip6: checkedAddress6(machine.ip6) }),
    ...cardOf(domain, machine),
  }));
}

function cardOf(domain: DesiredDomain, machine: DesiredMachine): { card: Card } | undefined {
  const config = networkCard(domain, machine);
  if (!config) return undefined;
  return {
    card: {
      port: checkedBridge(config.host_name ?? ''),
      mac: checkedMac(config.hwaddr ?? ''),
      pinned: {
        address: config['security.ipv4_filtering'] === 'true',
        address6: config['security.ipv6_filtering'] === 'true',
        mac: config['security.mac_filtering'] === 'true',
      },
    },
  };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
