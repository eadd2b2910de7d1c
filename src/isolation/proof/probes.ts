import { explain, type Packet } from '../model/explain.ts';
import type { FlowModel } from '../model/flows.ts';

/** A machine that packets come from and go to. */
export interface ProbeEnd {
  readonly name: string;
  readonly domain: string;
  readonly ip: string;
  /** The address that the tree gives it, where IPv6 is declared and the machine has taken it. */
  readonly ip6?: string;
  /** Global IPv6 addresses that it has, in whatever way. */
  readonly ipv6?: readonly string[];
}

/** The NIC by which a machine is joined to its domain. */
export interface JoinedNic {
  readonly bridge: string;
  /** Name of its end on the host. */
  readonly port?: string;
  readonly mac?: string;
}

/** A machine whose network namespace can be entered. */
export interface ProbeMachine extends ProbeEnd, JoinedNic {
  /** Path of the namespace file, seen from this process. */
  readonly netns: string;
}

/** Something beyond the host that stands for the internet, in a namespace of its own. */
export interface Outside {
  readonly address: string;
  readonly address6?: string;
  readonly netns: string;
}

/** One packet to send, with what the model says about it. */
export interface PlannedProbe extends Packet {
  readonly fromAddress: string;
  readonly toAddress: string;
  readonly expected: boolean;
}

/** Of a policy's ports, the number that is tried in each pair: the lowest, the highest, and some between. */
const PORTS_OF_A_POLICY = 8;
/** From here upward the first port that no policy names stands for "any other port". */
const ORDINARY_PORT = 47001;

/** One end with its addresses. */
interface Place {
  readonly name: string;
  readonly ip: string;
  readonly ip6?: string | undefined;
}

const FAMILIES = ['ip', 'ip6'] as const;

type Service = Pick<Packet, 'protocol' | 'port'>;

/**
 * Probes between all ordered pairs of machines, to every gateway, from the host, and to and from outside.
 * Each pair is tried by ping, on a port that no policy names by TCP and UDP, and on the ports of the policies.
 */
export function planProbes(
  model: FlowModel,
  machines: readonly ProbeEnd[],
  outside?: Outside,
): PlannedProbe[] {
  const services = servicesOf(model);
  const dns: Service[] = [
    { protocol: 'tcp', port: 53 },
    { protocol: 'udp', port: 53 },
  ];
  const probes: PlannedProbe[] = [];
  const add = (from: Place, to: Place, tried: readonly Service[]): void => {
    for (const family of FAMILIES) {
      const [fromAddress, toAddress] = [from[family], to[family]];
      if (fromAddress === undefined || toAddress === undefined) continue;
      const ends = { from: from.name, fromAddress, to: to.name, toAddress };
      for (const service of tried) {
        const packet = { ...ends, ...service, ...(family === 'ip6' && ({ family: 6 } as const)) };
        probes.push({ ...packet, expected: explain(model, packet).allowed });
      }
    }
  };
  const gateways = model.domains.map(({ name, gateway, ipv6 }) => ({
    name: `gateway:${name}`,
    ip: gateway,
    ip6: ipv6?.gateway,
  }));
  for (const from of machines) {
    for (const to of machines) if (to !== from) add(from, to, services);
    for (const gateway of gateways) add(from, gateway, withDns(services, dns));
    const own = gateways.find(({ name }) => name === `gateway:${from.domain}`);
    if (own) add({ ...own, name: 'host' }, from, services);
    if (outside) {
      const internet = { name: 'internet', ip: outside.address, ip6: outside.address6 };
      add(from, internet, services);
      add(internet, from, services);
    }
  }
  return probes;
}

function servicesOf(model: FlowModel): Service[] {
  const named = new Map<string, Service>();
  for (const { reason, protocol, ports } of model.flows) {
    if (reason.kind !== 'policy' || ports === 'all') continue;
    if (protocol !== 'tcp' && protocol !== 'udp') continue;
    for (const port of sample(ports)) named.set(`${protocol}/${port}`, { protocol, port });
  }
  const policyPorts = new Set(model.flows.flatMap(({ ports }) => (ports === 'all' ? [] : ports)));
  let ordinary = ORDINARY_PORT;
  while (policyPorts.has(ordinary)) ordinary++;
  return [
    { protocol: 'icmp' },
    { protocol: 'tcp', port: ordinary },
    { protocol: 'udp', port: ordinary },
    ...named.values(),
  ];
}

/** DHCP's port stays out: a server there must not be given nonsense to answer. */
function withDns(services: readonly Service[], dns: readonly Service[]): Service[] {
  const isNew = (a: Service) =>
    !services.some((b) => a.protocol === b.protocol && a.port === b.port);
  const notDhcp = services.filter(({ protocol, port }) => !(protocol === 'udp' && port === 67));
  return [...notDhcp, ...dns.filter(isNew)];
}

function sample(ports: readonly number[]): number[] {
  if (ports.length <= PORTS_OF_A_POLICY) return [...ports];
  const step = (ports.length - 1) / (PORTS_OF_A_POLICY - 1);
  return Array.from({ length: PORTS_OF_A_POLICY }, (_, i) => ports[Math.round(i * step)] ?? 0);
}
