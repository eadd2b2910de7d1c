import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Host, productRoot, run } from '../system/index.ts';
import type { FlowModel } from './flows.ts';
import type { PlannedForgery } from './forgery.ts';
import { legsOf } from './leg-forgeries.ts';
import { onHost } from './nft.ts';
import type { ProbeMachine } from './probes.ts';
import type { ForgeryCell } from './proof.ts';

/** Sends forged frames from within the machines and looks what arrives. Throws `program-failed` without root. */
export async function forge(
  model: FlowModel,
  machines: readonly ProbeMachine[],
  forgeries: readonly PlannedForgery[],
  host: Host,
  options: { readonly seconds: number; readonly signal?: AbortSignal },
): Promise<ForgeryCell[]> {
  if (forgeries.length === 0) return [];
  const bridgeOf = new Map(model.machines.map(({ name, bridge }) => [name, bridge]));
  const legs = sendingLegs(model, machines);
  const senders = [
    ...machines.filter(({ name }) => !legs.some((leg) => leg.name === name)),
    ...legs,
  ];
  for (const { name, bridge } of legs) bridgeOf.set(name, bridge);
  const numbers = new Map(senders.map(({ name }, index) => [name, index + 1]));
  const macs = forgeries.map(() => madeUpMac());
  const hostSpace = host.enter.length === 0 ? '/proc/self/ns/net' : join(host.proc, '1/ns/net');
  const job = {
    spaces: [
      { path: hostSpace },
      ...senders.map(({ netns, ip, ip6 }) => ({ path: netns, address: ip, address6: ip6 })),
    ],
    bridges: Object.fromEntries(model.domains.map(({ bridge, gateway }) => [bridge, gateway])),
    probes: forgeries.map((one, index) => ({
      ...one,
      from: numbers.get(one.from) ?? 0,
      to: numbers.get(one.to) ?? 0,
      bridge: bridgeOf.get(one.from),
      mac: macs[index],
    })),
    seconds: options.seconds,
  };
  const forger = join(productRoot(), 'src/network/forger.py');
  const { stdout } = await run(['python3', '-I', forger], {
    input: JSON.stringify(job),
    ...(options.signal && { signal: options.signal }),
  });
  const { results } = JSON.parse(stdout) as { results: [arrived: boolean, error: string | null][] };
  const learned = await learnedMacs(host);
  return forgeries.map((one, index) => {
    const [arrived, error] = results[index] ?? [false, null];
    const isLearned = one.kind === 'mac' && learned.has(macs[index] ?? '');
    return cellOf(one, arrived ? 'arrived' : isLearned ? 'learned' : error ? 'unsent' : 'closed');
  });
}

/**
 * The legs of the firewall machine, the card that it is known by among them. They have their addresses from the model:
 * a frame can be sent before the card has taken them.
 */
function sendingLegs(model: FlowModel, machines: readonly ProbeMachine[]) {
  const { netns } = machines.find(({ name }) => name === model.firewall?.machine) ?? {};
  if (netns === undefined) return [];
  return legsOf(model).map(({ name, port: { address, ipv6, bridge } }) => ({
    ...{ name, netns, bridge, ip: address },
    ip6: ipv6?.address,
  }));
}

function cellOf(forgery: PlannedForgery, measured: ForgeryCell['measured']): ForgeryCell {
  const { kind, from, to, forged, protocol, port, family, expected } = forgery;
  const isRight = expected ? measured === 'arrived' : measured === 'closed';
  return {
    forged: kind,
    from,
    to,
    ...(forged !== undefined && { as: forged }),
    protocol,
    ...(port !== undefined && { port }),
    ...(family && { family }),
    expected: expected ? 'open' : 'closed',
    measured,
    verdict: measured === 'unsent' ? 'untested' : isRight ? 'ok' : 'mismatch',
  };
}

/** Locally administered, and so nobody's. */
function madeUpMac(): string {
  return `06:${(randomBytes(5).toString('hex').match(/../g) ?? []).join(':')}`;
}

/** MACs that the host's bridges believe to be behind one of their ports. */
async function learnedMacs(host: Host): Promise<Set<string>> {
  const { stdout } = await onHost(host, ['bridge', '-j', 'fdb', 'show']);
  const entries = JSON.parse(stdout || '[]') as { mac?: string }[];
  return new Set(entries.flatMap(({ mac }) => mac ?? []));
}
