import { AnklumeError, ExitCode, type Text } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import type { RuleCode } from '../rules/codes.ts';
import type { DefaultFlow, Flow, FlowModel, MachineSubject, Protocol, Subject } from './flows.ts';

/**
 * One packet that opens a conversation. Ends are a machine's name, `host` (as the machine's own
 * gateway), `gateway:DOMAIN`, `internet`, or `lan` (private addresses beyond the host).
 */
export interface Packet {
  readonly from: string;
  readonly to: string;
  readonly protocol: Protocol;
  /** Destination port; none for ICMP. */
  readonly port?: number;
  /** Absent: IPv4. */
  readonly family?: 6;
}

type Closing =
  | 'inter-domain'
  | 'firewall-machine'
  | 'host-closed'
  | 'other-gateway'
  | 'no-internet'
  | 'no-lan'
  | 'ipv6-off'
  | 'ipv6-without-lan'
  | 'ingress';

/** What happens to a packet, and what decides it. Plain JSON. */
export interface Decision {
  readonly allowed: boolean;
  /** Number of the deciding policy, from 1; absent when a default decides. */
  readonly policy?: number;
  /** That of the isolation rule which decides; `from-host`, which no rule looks at. */
  readonly code: RuleCode | 'from-host';
  readonly text: Text;
}

type End =
  | { readonly kind: 'machine'; readonly machine: MachineSubject }
  | { readonly kind: 'gateway'; readonly domain: string }
  | { readonly kind: 'host' }
  | { readonly kind: 'internet' | 'lan' };

/** The policy or default that decides about a packet. Throws `unknown-end` for a name that is nothing here. */
export function explain(model: FlowModel, packet: Packet): Decision {
  const from = endOf(model, packet.from);
  const to = endOf(model, packet.to);
  if (packet.family === 6 && [from, to].some((end) => lacksIpv6(model, end)))
    return { allowed: false, ...DEFAULTS['ipv6-off'] };
  const allowing = model.flows.filter(
    (flow) => carries(flow, packet) && matches(flow.from, from, to) && matches(flow.to, to, from),
  );
  if (isAboutFirewall(model, from, to)) return { allowed: false, ...DEFAULTS['firewall-machine'] };
  const flow = allowing.find(({ reason }) => reason.kind === 'policy') ?? allowing[0];
  return flow ? allowedBy(flow) : closedBy(model, packet, from, to);
}

/** Whether one end is the firewall machine and the other a machine of another domain. */
function isAboutFirewall({ firewall }: FlowModel, from: End, to: End): boolean {
  if (from.kind !== 'machine' || to.kind !== 'machine') return false;
  if (from.machine.domain === to.machine.domain) return false;
  return [from.machine.name, to.machine.name].some((name) => name === firewall?.machine);
}

function endOf(model: FlowModel, name: string): End {
  if (name === 'host' || name === 'internet' || name === 'lan') return { kind: name };
  const gateway = name.startsWith('gateway:') ? name.slice('gateway:'.length) : undefined;
  if (gateway !== undefined && model.domains.some((domain) => domain.name === gateway))
    return { kind: 'gateway', domain: gateway };
  const machine = model.machines.find((candidate) => candidate.name === name);
  if (machine) return { kind: 'machine', machine };
  throw unknownEnd(name);
}

/** What lies beyond the host may have IPv6 at any time, and the host has it wherever a domain does. */
function lacksIpv6(model: FlowModel, end: End): boolean {
  if (end.kind === 'machine') return end.machine.ip6 === undefined;
  if (end.kind !== 'gateway') return false;
  return !model.domains.some(({ name, ipv6 }) => name === end.domain && ipv6);
}

function matches(subject: Subject, end: End, other: End): boolean {
  switch (subject.kind) {
    case 'machine':
      return end.kind === 'machine' && end.machine.name === subject.name;
    case 'domain':
      return end.kind === 'machine' && end.machine.domain === subject.name;
    case 'internet':
    case 'lan':
      return end.kind === subject.kind;
    case 'host':
      // A machine reaches its host at its own gateway alone.
      if (end.kind === 'gateway')
        return other.kind === 'machine' && other.machine.domain === end.domain;
      return end.kind === 'host';
  }
}

function carries(flow: Flow, packet: Packet): boolean {
  if (flow.family !== undefined && packet.family !== undefined) return false;
  if (flow.protocol === 'any') return true;
  if (flow.protocol !== packet.protocol) return false;
  return flow.ports === 'all' || (packet.port !== undefined && flow.ports.includes(packet.port));
}

function allowedBy(flow: Flow): Decision {
  const { reason } = flow;
  if (reason.kind === 'default') return { allowed: true, ...DEFAULTS[reason.code] };
  const way = `${reason.from} ${reason.reverse ? '<-' : '->'} ${reason.to}`;
  const words = printable(reason.description);
  return {
    allowed: true,
    code: 'policy',
    policy: reason.number,
    text: {
      en: `policy ${reason.number} (${way}) allows it: ${words}`,
      fr: `la politique ${reason.number} (${way}) l'autorise : ${words}`,
    },
  };
}

function closedBy(model: FlowModel, packet: Packet, from: End, to: End): Decision {
  const overIpv4 = model.flows.some(
    (flow) => flow.family && matches(flow.from, from, to) && matches(flow.to, to, from),
  );
  const why = packet.family && overIpv4 ? 'ipv6-without-lan' : closingDefault(from, to);
  return { allowed: false, ...DEFAULTS[why] };
}

function closingDefault(from: End, to: End): Closing {
  if (from.kind === 'internet' || from.kind === 'lan') return 'ingress';
  if (to.kind === 'internet') return 'no-internet';
  if (to.kind === 'lan') return 'no-lan';
  if (to.kind === 'host') return 'host-closed';
  if (to.kind === 'gateway')
    return from.kind === 'machine' && from.machine.domain === to.domain
      ? 'host-closed'
      : 'other-gateway';
  return 'inter-domain';
}

/** What is open or closed without a policy: why, and the code of the rules that see to it. */
const DEFAULTS: Readonly<Record<DefaultFlow | Closing, Pick<Decision, 'code' | 'text'>>> = {
  'intra-domain': {
    code: 'intra-domain',
    text: {
      en: 'machines of one domain reach each other',
      fr: "les machines d'un même domaine se joignent",
    },
  },
  'own-gateway': {
    code: 'own-gateway',
    text: {
      en: 'every machine has DHCP, DNS and ping at its own gateway',
      fr: 'chaque machine dispose de DHCP, du DNS et du ping sur sa propre passerelle',
    },
  },
  'from-host': {
    code: 'from-host',
    text: {
      en: 'the host reaches every machine',
      fr: "l'hôte joint toutes les machines",
    },
  },
  internet: {
    code: 'egress',
    text: {
      en: 'the domain has internet access',
      fr: 'le domaine a accès à internet',
    },
  },
  lan: {
    code: 'egress',
    text: {
      en: 'the domain has internet access, and its local network is not closed',
      fr: 'le domaine a accès à internet, et le réseau local ne lui est pas fermé',
    },
  },
  'inter-domain': {
    code: 'inter-domain',
    text: {
      en: 'domains are closed to each other, and no policy opens this',
      fr: "les domaines sont fermés les uns aux autres, et aucune politique n'ouvre ce passage",
    },
  },
  'firewall-machine': {
    code: 'firewall-machine',
    text: {
      en: 'the firewall machine forwards the packets of other machines and has no access of its own to other domains',
      fr: "la machine pare-feu transmet les paquets des autres machines et n'a elle-même accès à aucun autre domaine",
    },
  },
  'host-closed': {
    code: 'host-closed',
    text: {
      en: 'the host is closed to machines beyond DHCP, DNS and ping, and no policy opens this',
      fr: "l'hôte est fermé aux machines au-delà de DHCP, du DNS et du ping, et aucune politique n'ouvre ce passage",
    },
  },
  'other-gateway': {
    code: 'host-closed',
    text: {
      en: 'the gateways of other domains cannot be reached',
      fr: 'les passerelles des autres domaines ne peuvent pas être jointes',
    },
  },
  'no-internet': {
    code: 'no-internet',
    text: {
      en: 'the domain has no internet access (internet: false)',
      fr: "le domaine n'a pas accès à internet (internet: false)",
    },
  },
  'no-lan': {
    code: 'egress-lan',
    text: {
      en: 'the local network is closed to the domain (lan: false, or internet: false)',
      fr: 'le réseau local est fermé au domaine (lan: false, ou internet: false)',
    },
  },
  'ipv6-off': {
    code: 'ipv6-off',
    text: {
      en: 'IPv6 is off in every domain that does not declare it (ipv6: true)',
      fr: 'IPv6 est coupé dans tout domaine qui ne le déclare pas (ipv6: true)',
    },
  },
  'ipv6-without-lan': {
    code: 'egress-lan',
    text: {
      en: 'over IPv6 the internet and the local network look alike, and the local network is closed to the domain (lan: false)',
      fr: 'en IPv6, internet et le réseau local ne se distinguent pas, et le réseau local est fermé au domaine (lan: false)',
    },
  },
  ingress: {
    code: 'ingress',
    text: {
      en: 'nothing from outside may open a connection to a machine',
      fr: "rien de l'extérieur ne peut ouvrir une connexion vers une machine",
    },
  },
};

function unknownEnd(untrustedName: string): AnklumeError {
  const name = printable(untrustedName).slice(0, 80);
  return new AnklumeError({
    code: 'unknown-end',
    exit: ExitCode.usage,
    message: {
      en: `'${name}' is not a machine of this infrastructure.`,
      fr: `« ${name} » n'est pas une machine de cette infrastructure.`,
    },
    remedy: {
      en: `Name a machine, 'host', 'internet', 'lan', or 'gateway:DOMAIN'.`,
      fr: `Nommez une machine, « host », « internet », « lan » ou « gateway:DOMAINE ».`,
    },
  });
}
