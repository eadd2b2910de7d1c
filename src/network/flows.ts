import type { Desired, DesiredDomain, DesiredPolicy } from '../tree/index.ts';
import { checkedAddress, checkedBridge, checkedPorts, checkedSubnet } from './checked.ts';

/** A whole domain: every address of its subnet, behind its bridge. */
export interface DomainSubject {
  readonly kind: 'domain';
  readonly name: string;
  readonly bridge: string;
  readonly subnet: string;
  readonly gateway: string;
}

/** One machine: one address behind its domain's bridge. */
export interface MachineSubject {
  readonly kind: 'machine';
  readonly name: string;
  readonly domain: string;
  readonly bridge: string;
  readonly gateway: string;
  readonly ip: string;
}

/** The machine that runs the daemon, and everything that is neither it nor ours. */
export interface HostSubject {
  readonly kind: 'host';
}
export interface InternetSubject {
  readonly kind: 'internet';
}

export type Subject = DomainSubject | MachineSubject | HostSubject | InternetSubject;
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

export type DefaultFlow = 'same-domain' | 'own-gateway' | 'from-host' | 'internet';

/** Whoever opens a conversation of this kind may; answers to it come back. */
export interface Flow {
  readonly from: Subject;
  readonly to: Subject;
  readonly protocol: Protocol | 'any';
  /** Destination ports. */
  readonly ports: 'all' | readonly number[];
  readonly reason: Reason;
}

/** Everything that may cross a wall. Rules, proof and explanation derive from it; what it does not name is closed. */
export interface FlowModel {
  readonly projectName: string;
  readonly domains: readonly DomainSubject[];
  readonly machines: readonly MachineSubject[];
  readonly flows: readonly Flow[];
  /** Names in policies that are no domain, machine or host, such as a domain that is switched off. */
  readonly unknownNames: readonly { readonly policy: number; readonly name: string }[];
}

const host: HostSubject = { kind: 'host' };
const internet: InternetSubject = { kind: 'internet' };

/** The flows that a wanted world allows. Throws `bad-network-value` for what no ruleset may contain. */
export function allowedFlows(desired: Desired): FlowModel {
  const pairs = [...desired.domains].sort(byName).map((domain) => ({
    domain,
    subject: domainSubject(domain),
  }));
  const domains = pairs.map(({ subject }) => subject);
  const machines = pairs.flatMap(({ domain, subject }) => machineSubjects(domain, subject));
  const find = subjectFinder(domains, machines);
  const flows = pairs.flatMap(({ domain, subject }) => defaultFlows(subject, domain.internet));
  const unknownNames: { policy: number; name: string }[] = [];
  desired.policies.forEach((policy, index) => {
    const number = index + 1;
    for (const name of [policy.from, policy.to])
      if (!find(name)) unknownNames.push({ policy: number, name });
    flows.push(...policyFlows(policy, number, find));
  });
  return { projectName: desired.projectName, domains, machines, flows, unknownNames };
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
  const { description, protocol } = policy;
  const ports = policy.ports === 'all' ? 'all' : checkedPorts(policy.ports);
  if (ports.length === 0) return [];
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

function defaultFlows(domain: DomainSubject, online: boolean): Flow[] {
  const every = (
    from: Subject,
    to: Subject,
    code: DefaultFlow,
    protocol: Flow['protocol'] = 'any',
    ports: Flow['ports'] = 'all',
  ): Flow => ({ from, to, protocol, ports, reason: { kind: 'default', code } });
  return [
    every(domain, domain, 'same-domain'),
    every(domain, host, 'own-gateway', 'tcp', [53]),
    every(domain, host, 'own-gateway', 'udp', [53, 67]),
    every(domain, host, 'own-gateway', 'icmp'),
    every(host, domain, 'from-host'),
    ...(online ? [every(domain, internet, 'internet')] : []),
  ];
}

function domainSubject(domain: DesiredDomain): DomainSubject {
  return {
    kind: 'domain',
    name: domain.name,
    bridge: checkedBridge(domain.network.name),
    subnet: checkedSubnet(domain.network.subnet),
    gateway: checkedAddress(domain.network.gateway),
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
  }));
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
