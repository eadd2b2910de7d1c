import type { Desired } from '../../world/tree/index.ts';
import type { KernelError, KernelPacket } from '../model/evaluate.ts';
import type { Packet } from '../model/explain.ts';
import type { FlowModel } from '../model/flows.ts';

/** Of who opens a conversation. */
export const SOURCE_PORT = 40000;
/** A server on the internet, and the card behind which it is. */
export const OUTSIDE = { bridge: 'eth0', address: '192.31.196.7' };

/** Bridge and address of an end. */
function place(model: FlowModel, end: string, six: boolean): { bridge: string; address: string } {
  if (end === 'lan') return { bridge: 'eth0', address: six ? 'fd99::7' : '192.168.7.7' };
  const machine = model.machines.find(({ name }) => name === end);
  // What has no IPv6 address may have given itself one.
  if (machine)
    return { bridge: machine.bridge, address: six ? (machine.ip6 ?? 'fd66::6') : machine.ip };
  const domain = model.domains.find(({ name }) => `gateway:${name}` === end);
  if (!domain) return six ? { ...OUTSIDE, address: '2001:db8::7' } : OUTSIDE;
  return { bridge: '', address: six ? (domain.ipv6?.gateway ?? 'fd66::fe') : domain.gateway };
}

/** The first packet of a conversation, as the host's rules see it. */
export function opening(
  model: FlowModel,
  { from, to, protocol, port, ...rest }: Packet,
): KernelPacket {
  const family = rest.family ?? 4;
  const source = place(model, from, family === 6);
  const target = place(model, to, family === 6);
  return {
    hook: to.startsWith('gateway:') ? 'input' : 'forward',
    iifname: source.bridge,
    oifname: target.bridge,
    family,
    saddr: source.address,
    daddr: target.address,
    protocol,
    sport: SOURCE_PORT,
    dport: port ?? 0,
    echoRequest: protocol === 'icmp' && family === 4,
    ...(family === 6 && protocol === 'icmp' && { icmp6: 'echo-request' as const }),
    tracking: 'forth',
  };
}

/** An ICMP error about a conversation, as the host's rules see it. */
export interface SomeError {
  /** Opens the conversation. */
  readonly sent: Packet;
  /** Who sends the error: a machine, `internet` or `lan`. */
  readonly by: string;
  readonly towards: KernelError['towards'];
  readonly says: KernelError['says'];
}

export function errorPacket(
  model: FlowModel,
  { sent, by, towards, says }: SomeError,
): KernelPacket {
  const { saddr, daddr, family, protocol, dport } = opening(model, sent);
  const sender = place(model, by, family === 6);
  const receiver = towards === 'client' ? sent.from : sent.to;
  return {
    hook: receiver.startsWith('gateway:') ? 'input' : 'forward',
    iifname: sender.bridge,
    oifname: place(model, receiver, family === 6).bridge,
    family,
    saddr: sender.address,
    daddr: towards === 'client' ? saddr : daddr,
    protocol: 'icmp',
    sport: 0,
    dport: 0,
    echoRequest: false,
    tracking: 'related',
    error: { says, towards, client: saddr, server: daddr, protocol, port: dport },
  };
}

/** All machines of a world as ends of probes, in namespaces that nobody enters. */
export function probeEnds({ domains }: Desired) {
  return domains.flatMap(({ name, network, machines }) =>
    machines.map((one) => ({
      name: one.name,
      domain: name,
      ip: one.ip,
      bridge: network.name,
      netns: '/none',
    })),
  );
}
