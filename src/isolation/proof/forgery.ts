import type { Flow, FlowModel, MachineSubject, Protocol, Subject } from '../model/flows.ts';

/**
 * What is forged in a frame. `none`: nothing, it must arrive, or the others prove nothing. `mac`: the sender's MAC;
 * a bridge that learns it would lead a neighbour's traffic to the forger. `arp`: the claim to own an address.
 * `neighbour`: the same claim over IPv6; `hidden`: behind another header. `dhcp`: an answer to somebody's question for
 * an address; `client`: such a question in another's name. `router`: an IPv6 router announces itself. `ipv6`: nothing, but one of both has no IPv6.
 * `related`: an error about a conversation of others. `outside`: the host's answer to what comes in a machine's name from
 * outside.
 */
export type Forgery =
  | 'none'
  | 'address'
  | 'mac'
  | 'arp'
  | 'neighbour'
  | 'hidden'
  | 'dhcp'
  | 'client'
  | 'router'
  | 'ipv6'
  | 'related'
  | 'outside';

/** One frame to send from a machine. */
export interface PlannedForgery {
  readonly kind: Forgery;
  /** A machine, `MACHINE:CARD` for a leg of the firewall machine away from its own domain, or `lan`. */
  readonly from: string;
  /** A machine, or `gateway:DOMAIN`. */
  readonly to: string;
  /** The address that is claimed; for IPv6, the sender's own; of a conversation of others, who is at its other end. */
  readonly forged?: string;
  readonly target: string;
  readonly protocol: Protocol;
  readonly port?: number;
  /** Absent: IPv4, or what the kind says. */
  readonly family?: 6;
  /** True: through the gateway, to another domain. */
  readonly routed: boolean;
  readonly expected: boolean;
}

/** For a flow of all ports. */
export const SOME_PORT = 47001;

/** Where a flow is of every protocol, TCP stands for them. */
export function triedProtocol({ protocol }: Flow): Protocol {
  return protocol === 'any' ? 'tcp' : protocol;
}

/** Whether a machine is meant by an end of a flow. */
export function isPart(subject: Subject, name: string, domain: string): boolean {
  if (subject.kind === 'machine') return subject.name === name;
  return subject.kind === 'domain' && subject.name === domain;
}

/** An address of the subnet that nobody has: claiming it harms nobody, and the pin stops it like any other. */
export function spareAddress(model: FlowModel, from: Pick<MachineSubject, 'gateway'>): string {
  const legs = model.firewall?.ports ?? [];
  const used = new Set([
    from.gateway,
    ...model.machines.map(({ ip }) => ip),
    ...legs.map(({ address }) => address),
  ]);
  const network = from.gateway.split('.').slice(0, 3).join('.');
  for (let last = 253; last > 0; last--)
    if (!used.has(`${network}.${last}`)) return `${network}.${last}`;
  return from.gateway;
}
