import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import {
  allowedFlows,
  type Decision,
  decide,
  decidingRule,
  type LoadedRule,
  type Packet,
  probeTargets,
  sendTraced,
  type Trace,
} from '../../isolation/index.ts';
import type { Daemon } from '../../site/index.ts';
import { hostOf } from '../../site/index.ts';
import {
  type Desired,
  type DesiredDomain,
  type DesiredMachine,
  findMachine,
} from '../../world/tree/index.ts';

/** What the reader says of a packet. */
export interface PacketWords {
  readonly from: string;
  readonly to: string;
  /** `443` or `53/udp`; absent for a ping. */
  readonly port?: string | undefined;
  /** `tcp`, `udp` or `icmp`. */
  readonly protocol?: string | undefined;
  readonly ipv6?: boolean | undefined;
}

/** What happens to one packet in this world. */
export function explainPacket(
  desired: Desired,
  { from, to, port, protocol, ipv6 }: PacketWords,
): { readonly packet: Packet; readonly decision: Decision } {
  const family = ipv6 ? ({ family: 6 } as const) : {};
  const end = (word: string) =>
    findMachine<DesiredMachine, DesiredDomain>(desired.domains, word)?.machine.name ?? word;
  const packet: Packet = { from: end(from), to: end(to), ...serviceOf(port, protocol), ...family };
  return { packet, decision: decide(allowedFlows(desired), packet).decision };
}

/** What is open between two ends, for who asked about no port: `tcp 22`, `udp all`. */
export function openPorts(desired: Desired, { from, to, ipv6 }: PacketWords): string[] {
  const isOpen = (port: number, protocol: string) =>
    explainPacket(desired, { from, to, port: String(port), protocol, ipv6 }).decision.allowed;
  const named = desired.policies.flatMap(({ ports }) => (ports === 'all' ? [] : ports));
  // The gateway's own services beside what policies name, and one that nobody names: it is open where all are.
  const candidates = [...new Set([53, 67, ...named])].sort((a, b) => a - b);
  let unnamed = 1;
  while (candidates.includes(unnamed)) unnamed += 1;
  return ['tcp', 'udp'].flatMap((protocol) => {
    if (isOpen(unnamed, protocol)) return [`${protocol} all`];
    const open = candidates.filter((port) => isOpen(port, protocol));
    return open.length > 0 ? [`${protocol} ${open.join(' ')}`] : [];
  });
}

/** The loaded rule that decides, with its counter; undefined where none of ours does. */
export function loadedRuleFor(
  desired: Desired,
  packet: Packet,
  daemon: Daemon,
): Promise<LoadedRule | undefined> {
  return decidingRule(allowedFlows(desired), packet, hostOf(daemon));
}

/** Sends the packet for real and says what the kernel did with it. */
export async function tracePacket(
  desired: Desired,
  packet: Packet,
  daemon: Daemon,
): Promise<Trace> {
  const host = hostOf(daemon);
  const { machines } = await probeTargets(desired, daemon.incus, host);
  return sendTraced(allowedFlows(desired), packet, machines, host);
}

function serviceOf(
  untrustedPort: string | undefined,
  untrustedProtocol: string | undefined,
): Pick<Packet, 'protocol' | 'port'> {
  const protocol = untrustedProtocol === undefined ? undefined : protocolOf(untrustedProtocol);
  if (untrustedPort === undefined) {
    if (protocol === undefined || protocol === 'icmp') return { protocol: 'icmp' };
    throw portless(protocol);
  }
  const [, digits, behind] = /^(\d{1,5})(?:\/(tcp|udp))?$/.exec(untrustedPort) ?? [];
  const port = Number(digits);
  const said = behind ?? protocol ?? 'tcp';
  const agree = behind === undefined || protocol === undefined || behind === protocol;
  if (digits === undefined || port < 1 || port > 65_535 || said === 'icmp' || !agree)
    throw badPort(untrustedPort);
  return { protocol: said === 'udp' ? 'udp' : 'tcp', port };
}

function protocolOf(untrustedWord: string): Packet['protocol'] {
  const known = (['tcp', 'udp', 'icmp'] as const).find((one) => one === untrustedWord);
  if (known) return known;
  const shown = printable(untrustedWord).slice(0, 40);
  throw new AnklumeError({
    code: 'bad-protocol',
    exit: ExitCode.usage,
    message: { en: `'${shown}' is not a protocol.`, fr: `« ${shown} » n'est pas un protocole.` },
    remedy: { en: 'Give tcp, udp or icmp.', fr: 'Donnez tcp, udp ou icmp.' },
  });
}

function portless(protocol: string): AnklumeError {
  return new AnklumeError({
    code: 'bad-port',
    exit: ExitCode.usage,
    message: { en: `${protocol} needs a port.`, fr: `${protocol} demande un port.` },
    remedy: { en: 'Give it behind the two ends.', fr: 'Donnez-le après les deux extrémités.' },
  });
}

function badPort(untrustedPort: string): AnklumeError {
  const shown = printable(untrustedPort).slice(0, 40);
  return new AnklumeError({
    code: 'bad-port',
    exit: ExitCode.usage,
    message: { en: `'${shown}' is not a port.`, fr: `« ${shown} » n'est pas un port.` },
    remedy: {
      en: 'Give a number from 1 to 65535, with /udp behind it for UDP.',
      fr: 'Donnez un nombre de 1 à 65535, suivi de /udp pour UDP.',
    },
  });
}
