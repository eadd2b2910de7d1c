import { join } from 'node:path';
import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import type { Host } from '../../base/system/index.ts';
import type { Packet } from '../model/explain.ts';
import type { FlowModel } from '../model/flows.ts';
import { runProber } from '../proof/prober.ts';
import type { ProbeMachine } from '../proof/probes.ts';
import { NOBODY } from './nobody.ts';
import { type TraceStep, traced } from './trace.ts';

/** What became of one real packet. Plain JSON. */
export interface Trace {
  readonly steps: readonly TraceStep[];
  /** Whether it reached its target; absent where nobody can look: beyond the host. */
  readonly arrived?: boolean;
}

/** Seconds that the probe may take, once where it should not arrive and once where it should. */
const SECONDS = { closed: 0.3, open: 1 };

/**
 * Sends a real packet from inside a machine or the host, and follows it through the rules. Throws
 * `trace-no-sender` (exit 2) for a sender that nothing can be sent from.
 */
export async function sendTraced(
  model: FlowModel,
  packet: Packet,
  machines: readonly ProbeMachine[],
  host: Host,
): Promise<Trace> {
  const sender = machines.find(({ name }) => name === packet.from);
  const target = machines.find(({ name }) => name === packet.to);
  if (!sender && packet.from !== 'host') throw noSender(packet.from);
  const own = model.machines.find(({ name }) => name === (sender ?? target)?.name);
  const ownDomain = model.domains.find(({ name }) => name === own?.domain);
  const meant = model.domains.find(({ name }) => `gateway:${name}` === packet.to);
  const isSix = packet.family === 6;
  const gatewayOf = (domain: typeof meant) => (isSix ? domain?.ipv6?.gateway : domain?.gateway);
  const addressOf = (machine: ProbeMachine | undefined) => (isSix ? machine?.ip6 : machine?.ip);
  const beyond = isSix ? NOBODY.address6 : NOBODY.address;
  const fromAddress = (sender ? addressOf(sender) : gatewayOf(ownDomain)) ?? '';
  const atHost = packet.to === 'host' ? gatewayOf(ownDomain) : gatewayOf(meant);
  const known = target || meant || packet.to === 'host';
  const toAddress = addressOf(target) ?? atHost ?? (known ? '' : beyond);
  if (fromAddress === '') throw noSender(packet.from);
  if (toAddress === '') throw noIpv6(packet.to);
  const followed = { fromAddress, toAddress, protocol: packet.protocol };
  let arrived: boolean | undefined;
  const steps = await traced(
    host,
    { ...followed, ...(packet.port !== undefined && { port: packet.port }) },
    async () => {
      const seen = await send(host, [sender, target], followed, packet.port);
      if (toAddress !== beyond) arrived = seen;
    },
  );
  return { steps, ...(arrived !== undefined && { arrived }) };
}

/** True when the packet arrived, or was answered. */
async function send(
  host: Host,
  [sender, target]: readonly (ProbeMachine | undefined)[],
  {
    fromAddress,
    toAddress,
    protocol,
  }: { fromAddress: string; toAddress: string; protocol: string },
  port: number | undefined,
): Promise<boolean> {
  const path = host.enter.length === 0 ? '/proc/self/ns/net' : join(host.proc, '1/ns/net');
  const spaces = [
    { path, watch: 'stack' },
    ...[sender, target].flatMap((one) => (one ? [{ path: one.netns, watch: 'card' }] : [])),
  ];
  const from = sender ? 1 : 0;
  const to = target ? spaces.length - 1 : 0;
  const probe = [from, fromAddress, to, toAddress, protocol, port ?? 0, true];
  const { results } = await runProber({ spaces, probes: [probe], seconds: SECONDS }, {});
  const [arrived = false, answered = false] = results[0] ?? [];
  return arrived || answered;
}

function noIpv6(name: string): AnklumeError {
  return new AnklumeError({
    code: 'trace-no-ipv6',
    exit: ExitCode.usage,
    message: {
      en: `Nothing can be sent to '${name}' over IPv6: it has no address there.`,
      fr: `Rien ne peut être envoyé à « ${name} » en IPv6 : il n'y a pas d'adresse.`,
    },
    remedy: {
      en: `Write 'ipv6: true' in its domain.`,
      fr: `Écrivez « ipv6: true » dans son domaine.`,
    },
  });
}

function noSender(name: string): AnklumeError {
  return new AnklumeError({
    code: 'trace-no-sender',
    exit: ExitCode.usage,
    message: {
      en: `Nothing can be sent from '${name}': only running containers and the host can send a probe.`,
      fr: `Rien ne peut être envoyé depuis « ${name} » : seuls les conteneurs en marche et l'hôte peuvent envoyer une sonde.`,
    },
  });
}
