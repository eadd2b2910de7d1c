import type { DomainSubject, Flow, FlowModel, MachineSubject } from '../model/flows.ts';
import type { MarkedBridge, MarkedMachine, MarkedNic, MarkedWorld } from '../model/marked.ts';
import { NO_SUBNET } from '../rules/private-ranges.ts';

/** What the rules of infrastructures speak of: their bridges, and the names of NICs on the host. */
export interface Known {
  readonly bridges: ReadonlySet<string>;
  readonly ports: ReadonlySet<string>;
}

/** What a tree at hand declares. Of other infrastructures, what their rules know counts as declared. */
export interface Declared {
  readonly projectName: string;
  readonly bridges: ReadonlySet<string>;
  /** `PROJECT/INSTANCE` */
  readonly machines: ReadonlySet<string>;
}

/** A NIC of a machine that is not declared, on a bridge that is. */
export interface Stray {
  readonly machine: MarkedMachine;
  readonly nic: MarkedNic & Required<Pick<MarkedNic, 'card' | 'bridge'>>;
  /** The bridge of its own domain, where it may still speak to its neighbours; absent on another one. */
  readonly home?: MarkedBridge;
}

/** What is closed, whoever made it: it keeps its neighbours and its own gateway, and nothing else. Plain JSON. */
export interface ClosedWorld {
  readonly bridges: readonly MarkedBridge[];
  /** Those on the closed bridges of their own domains. */
  readonly machines: readonly MarkedMachine[];
  readonly strays: readonly Stray[];
}

/** Everything that carries a mark and that nobody's rules let anything do. Pure. */
export function closedWorld(
  { bridges, machines }: MarkedWorld,
  known: Known,
  declared?: Declared,
): ClosedWorld {
  const isDeclaredHere = ({ owner, bridge }: MarkedBridge) =>
    owner !== declared?.projectName || declared.bridges.has(bridge);
  const closed = bridges.filter((one) => !known.bridges.has(one.bridge) || !isDeclaredHere(one));
  const closedNames = new Set(closed.map(({ bridge }) => bridge));
  const homes = new Map(bridges.map((one) => [one.bridge, one]));
  const strays = machines
    .filter((machine) => !isDeclared(machine, known, declared))
    .flatMap((machine) =>
      machine.nics.flatMap((nic): Stray[] => {
        const { card, bridge } = nic;
        // Behind the name of a declared NIC nobody can tell one machine from the other.
        if (!card || bridge === undefined || known.ports.has(card.port)) return [];
        const found = homes.get(bridge);
        const home = found && isHome(found, machine) ? found : undefined;
        if (home && closedNames.has(bridge)) return [];
        return [{ machine, nic: { ...nic, card, bridge }, ...(home && { home }) }];
      }),
    );
  return {
    bridges: closed,
    machines: machines.filter(({ nics }) =>
      nics.some(({ bridge }) => bridge !== undefined && closedNames.has(bridge)),
    ),
    strays,
  };
}

/** Without its tree, a machine counts as declared unless its own NIC is missing from the rules. */
function isDeclared(
  { owner, project, instance, nics }: MarkedMachine,
  { ports }: Known,
  declared: Declared | undefined,
): boolean {
  if (owner === declared?.projectName) return declared.machines.has(`${project}/${instance}`);
  const own = nics.filter(({ standard, card }) => standard && card);
  return own.length === 0 || own.some(({ card }) => card && ports.has(card.port));
}

function isHome({ owner, domain }: MarkedBridge, machine: MarkedMachine): boolean {
  return owner === machine.owner && domain === machine.domain;
}

export function isEmpty({ bridges, strays }: ClosedWorld): boolean {
  return bridges.length + strays.length === 0;
}

/** Of no network that could be read: who has this address has none yet, so no gateway answers. */
const NOWHERE = { subnet: NO_SUBNET, gateway: '0.0.0.0' };

/**
 * The flows of closed bridges: each domain within itself, and to the plain services of its gateway. Strays are in it
 * for the pins of their NICs.
 */
export function closedModel({ bridges, machines, strays }: ClosedWorld): FlowModel {
  const domains = bridges.map(
    ({ bridge, ipv4 = NOWHERE, ipv6 }): DomainSubject => ({
      kind: 'domain',
      // A bridge has one name on its host; two infrastructures may have domains of one name.
      name: bridge,
      bridge,
      ...ipv4,
      ...(ipv6 && { ipv6 }),
    }),
  );
  const onClosed = machines.flatMap((machine) =>
    machine.nics.flatMap((nic) => {
      const home = bridges.find(({ bridge }) => bridge === nic.bridge);
      return home ? subjectOf(machine, nic, home) : [];
    }),
  );
  const astray = strays.flatMap(({ machine, nic, home }) =>
    home ? subjectOf(machine, nic, home) : [],
  );
  return {
    projectName: '',
    domains,
    machines: [...onClosed, ...astray],
    flows: domains.flatMap(closedFlows),
    logDrops: false,
    unknownNames: [],
  };
}

function closedFlows(domain: DomainSubject): Flow[] {
  const host = { kind: 'host' } as const;
  const own = { kind: 'default', code: 'own-gateway' } as const;
  return [
    {
      from: domain,
      to: domain,
      protocol: 'any',
      ports: 'all',
      reason: { kind: 'default', code: 'intra-domain' },
    },
    { from: domain, to: host, protocol: 'tcp', ports: [53], reason: own },
    { from: domain, to: host, protocol: 'udp', ports: [53, 67], reason: own },
    { from: domain, to: host, protocol: 'icmp', ports: 'all', reason: own },
    {
      from: host,
      to: domain,
      protocol: 'any',
      ports: 'all',
      reason: { kind: 'default', code: 'from-host' },
    },
  ];
}

function subjectOf(
  { project, instance }: MarkedMachine,
  { card, ip, ip6 }: MarkedNic,
  { bridge, ipv4 = NOWHERE, ipv6 }: MarkedBridge,
): MachineSubject[] {
  if (!card || ip === undefined) return [];
  return [
    {
      kind: 'machine',
      name: `${project}/${instance}`,
      domain: bridge,
      bridge,
      gateway: ipv4.gateway,
      ip,
      ...(ipv6 && ip6 !== undefined && { ip6 }),
      card,
    },
  ];
}
