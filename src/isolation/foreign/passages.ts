import { type Text, verbatim } from '../../base/messages/index.ts';
import type { DomainSubject, FlowModel, MachineSubject, Subject } from '../model/flows.ts';
import { NONE, type Sample, UPLINK } from './sample.ts';

/** A hook of the kernel, in `ip` (also for `inet` and `ip6`), on a bridge, or at a device. */
export type Place = `${'ip' | 'bridge' | 'netdev'} ${string}`;

/** A way that should be open, and the packets that show at each place whether a chain of others closes it. */
export interface Passage {
  readonly name: Text;
  /** Bridges that have to be let through for it. */
  readonly bridges: readonly string[];
  readonly at: readonly (readonly [Place, Sample])[];
}

/** A port that no rule of others is likely to name. */
const SOME_PORT = 47001;

/**
 * What should pass: the way out of each domain, its gateway's services, the host's way in, and each policy. `bridged`
 * says that frames within a bridge pass the hooks of IP as well (br_netfilter).
 */
export function passagesOf(model: FlowModel, bridged: boolean): Passage[] {
  const online = new Set(
    model.flows.flatMap(({ from, to }) =>
      to.kind === 'internet' && from.kind === 'domain' ? [from.name] : [],
    ),
  );
  return [
    ...model.domains.flatMap((domain) => [
      ...familiesOf(domain).flatMap((side) => [
        ...(online.has(domain.name) ? [outward(domain, side)] : []),
        gateway(domain, side),
        fromHost(domain, side),
      ]),
      ...neighbours(model, domain, bridged),
    ]),
    ...model.flows.flatMap(({ from, to, reason, protocol, ports }) => {
      if (reason.kind !== 'policy' || !isMember(from) || !isMember(to)) return [];
      if (from.bridge === to.bridge || model.firewall) return [];
      const port = ports === 'all' ? SOME_PORT : ports[0];
      const service = { protocol: protocol === 'any' ? 'tcp' : protocol, port };
      return ([4, 6] as const).flatMap((family) => between(from, to, family, service));
    }),
  ];
}

type Member = DomainSubject | MachineSubject;

function isMember(subject: Subject): subject is Member {
  return subject.kind === 'domain' || subject.kind === 'machine';
}

/** Undefined where it has none of that family. */
function addressOf(member: Member, family: 4 | 6): string | undefined {
  if (member.kind === 'domain') return family === 4 ? member.subnet : member.ipv6?.subnet;
  return family === 4 ? member.ip : member.ip6;
}

/** A domain in one family. */
interface Side {
  readonly family: 4 | 6;
  readonly subnet: string;
  readonly gateway: string;
}

function familiesOf({ subnet, gateway, ipv6 }: DomainSubject): Side[] {
  return [{ family: 4, subnet, gateway }, ...(ipv6 ? [{ family: 6, ...ipv6 } as const] : [])];
}

const NEW = { state: 'new', translated: false } as const;
const KNOWN = { state: 'established', translated: false } as const;

/** A way in both languages; that of IPv6 says so. */
function named(from: Text, to: Text, family: 4 | 6, service = ''): Text {
  const end = `${service}${family === 6 ? ' (IPv6)' : ''}`;
  return { en: `${from.en} to ${to.en}${end}`, fr: `${from.fr} vers ${to.fr}${end}` };
}

function outward({ name, bridge }: DomainSubject, { family, subnet }: Side): Passage {
  const service = { family, protocol: 'tcp', local: false };
  const there = { ...NEW, ...service, iif: bridge, saddr: subnet, dport: 443, sport: SOME_PORT };
  const back = { ...KNOWN, ...service, oif: bridge, daddr: subnet, sport: 443, dport: SOME_PORT };
  return {
    name: named(verbatim(name), { en: 'the internet', fr: "l'internet" }, family),
    bridges: [bridge],
    at: [
      ...routed({ ...there, oif: UPLINK }),
      ...routed({ ...back, iif: UPLINK }),
      ['netdev ingress', { ...back, iif: UPLINK, oif: NONE }],
      ['netdev egress', { ...there, oif: UPLINK, iif: NONE }],
    ],
  };
}

function gateway({ name, bridge }: DomainSubject, { family, subnet, gateway }: Side): Passage {
  const toHost = { ...NEW, family, iif: bridge, oif: NONE, local: true, protocol: 'udp' };
  const asks = { ...toHost, saddr: subnet, daddr: gateway, sport: SOME_PORT, dport: 53 };
  const lease =
    family === 4
      ? { saddr: '0.0.0.0', daddr: '255.255.255.255', sport: 68, dport: 67 }
      : { saddr: 'fe80::/10', daddr: 'ff02::1:2', sport: 546, dport: 547 };
  const answers = { ...KNOWN, family, iif: NONE, oif: bridge, local: false, protocol: 'udp' };
  return {
    name: named(verbatim(name), { en: 'DNS and DHCP', fr: 'DNS et DHCP' }, family),
    bridges: [bridge],
    at: [
      ...[asks, { ...toHost, ...lease }].flatMap((sample) =>
        (['ip prerouting', 'ip input'] as const).map((place) => [place, sample] as const),
      ),
      ['ip output', { ...answers, saddr: gateway, daddr: subnet, sport: 53, dport: SOME_PORT }],
    ],
  };
}

function fromHost({ name, bridge }: DomainSubject, { family, subnet, gateway }: Side): Passage {
  const ends = { family, protocol: 'tcp', saddr: gateway, daddr: subnet, dport: SOME_PORT };
  const back = { family, protocol: 'tcp', saddr: subnet, daddr: gateway, sport: SOME_PORT };
  return {
    name: named({ en: 'the host', fr: "l'hôte" }, verbatim(name), family),
    bridges: [bridge],
    at: [
      ['ip output', { ...NEW, ...ends, iif: NONE, oif: bridge, local: false }],
      ['ip input', { ...KNOWN, ...back, iif: bridge, oif: NONE, local: true }],
    ],
  };
}

/** Within a domain, where two of its machines can be named. */
function neighbours(
  { machines }: FlowModel,
  { name, bridge, subnet }: DomainSubject,
  bridged: boolean,
): Passage[] {
  const ports = machines.flatMap((one) => (one.domain === name && one.card ? [one.card.port] : []));
  const [one, other] = ports;
  if (one === undefined || other === undefined) return [];
  const ends = { ...NEW, saddr: subnet, daddr: subnet, protocol: 'tcp', dport: SOME_PORT };
  const within = { ...ends, family: 4 } as const;
  return [
    {
      name: named(verbatim(name), verbatim(name), 4),
      bridges: [bridge],
      at: [
        ...(bridged ? routed({ ...within, iif: bridge, oif: bridge, local: false }) : []),
        ['bridge prerouting', { ...within, iif: one, oif: NONE, local: false }],
        ['bridge forward', { ...within, iif: one, oif: other, local: false }],
        ['bridge postrouting', { ...within, iif: NONE, oif: other, local: false }],
        ['netdev ingress', { ...within, iif: one, oif: NONE, local: false }],
        ['netdev egress', { ...within, iif: NONE, oif: other, local: false }],
      ],
    },
  ];
}

function between(
  from: Member,
  to: Member,
  family: 4 | 6,
  service: { readonly protocol: string; readonly port: number | undefined },
): Passage[] {
  const { protocol, port } = service;
  const [saddr, daddr] = [addressOf(from, family), addressOf(to, family)];
  if (saddr === undefined || daddr === undefined) return [];
  const plain = { family, local: false, protocol };
  const there = { ...NEW, ...plain, saddr, daddr, sport: SOME_PORT };
  const back = { ...KNOWN, ...plain, saddr: daddr, daddr: saddr, dport: SOME_PORT };
  const at = port === undefined ? '' : `/${port}`;
  return [
    {
      name: named(verbatim(from.name), verbatim(to.name), family, ` ${protocol}${at}`),
      bridges: [from.bridge, to.bridge],
      at: [
        ...routed({ ...there, iif: from.bridge, oif: to.bridge, ...(port && { dport: port }) }),
        ...routed({ ...back, iif: to.bridge, oif: from.bridge, ...(port && { sport: port }) }),
      ],
    },
  ];
}

/** A packet that the host carries from one interface to another, at each hook on its way. */
function routed(sample: Sample & { readonly iif: string; readonly oif: string }) {
  return [
    ['ip prerouting', { ...sample, oif: NONE }],
    ['ip forward', sample],
    ['ip postrouting', { ...sample, iif: NONE }],
  ] as const satisfies readonly (readonly [Place, Sample])[];
}
