import { NOBODY } from '../load/nobody.ts';
import type { KernelPacket } from './evaluate.ts';
import type { Packet } from './explain.ts';
import type { FlowModel } from './flows.ts';

/** A port that a sender may well have: nothing looks at it in the first packet of a conversation. */
const SENDERS_PORT = 40_000;
/** An interface that is none of ours, and an address beyond it. */
const BEYOND = { bridge: '', ...NOBODY };
const PRIVATE = { bridge: '', address: '10.255.255.1', address6: 'fdff::1' };

/** The first packet of a conversation where our rules meet it; undefined where they never do. */
export function asSeenByKernel(model: FlowModel, packet: Packet): KernelPacket | undefined {
  const from = endOf(model, packet.from);
  const to = endOf(model, packet.to);
  if (packet.from === 'host' || packet.from.startsWith('gateway:') || !from || !to)
    return undefined;
  const toHost = packet.to === 'host' || packet.to.startsWith('gateway:');
  return {
    hook: toHost ? 'input' : 'forward',
    iifname: from.bridge,
    oifname: toHost ? '' : leavesBy(model, from.bridge, to.bridge, packet.family),
    ...addresses(packet, from, to),
    protocol: packet.protocol,
    sport: SENDERS_PORT,
    dport: packet.port ?? 0,
    echoRequest: packet.protocol === 'icmp',
    ...(packet.family && packet.protocol === 'icmp' && { icmp6: 'echo-request' }),
    tracking: 'forth',
  };
}

/** An end without IPv6 has an address that is none: its bridge alone decides about it. */
function addresses(
  { to: name, family }: Packet,
  from: End,
  to: End,
): Pick<KernelPacket, 'family' | 'saddr' | 'daddr'> {
  if (!family) {
    const daddr = name === 'host' ? (from.gateway ?? '') : to.address;
    return { family: 4, saddr: from.address, daddr };
  }
  const daddr = name === 'host' ? from.gateway6 : to.address6;
  return { family, saddr: from.address6 ?? '::', daddr: daddr ?? '::' };
}

interface End {
  readonly bridge: string;
  readonly address: string;
  readonly gateway?: string;
  readonly address6?: string | undefined;
  readonly gateway6?: string | undefined;
}

/** What goes to another domain through the firewall machine leaves by the bridge that it came from. */
function leavesBy(
  { firewall }: FlowModel,
  from: string,
  to: string,
  family: Packet['family'],
): string {
  const ports = firewall?.ports.filter(({ ipv6 }) => !family || ipv6) ?? [];
  const legs = ports.map(({ bridge }) => bridge);
  return legs.includes(from) && legs.includes(to) ? from : to;
}

function endOf(model: FlowModel, name: string): End | undefined {
  if (name === 'internet') return BEYOND;
  if (name === 'lan') return PRIVATE;
  if (name === 'host') return { bridge: '', address: '' };
  const machine = model.machines.find((one) => one.name === name);
  const home = machine?.domain ?? name.replace(/^gateway:/, '');
  const domain = model.domains.find((one) => one.name === home);
  const gateway6 = domain?.ipv6?.gateway;
  if (machine) {
    const { bridge, ip: address, gateway, ip6: address6 } = machine;
    return { bridge, address, gateway, address6, gateway6 };
  }
  if (!domain) return undefined;
  const { bridge, gateway } = domain;
  return { bridge, address: gateway, gateway, address6: gateway6, gateway6 };
}

/** The same packet as a frame on the bridge of its sender; undefined where that is no machine with a NIC of ours. */
export function asFrame(model: FlowModel, packet: Packet): KernelPacket | undefined {
  const sent = asSeenByKernel(model, packet);
  const card = cardOf(model, packet.from);
  if (!sent || !card) return undefined;
  const target = cardOf(model, packet.to);
  const stays = target !== undefined && endOf(model, packet.to)?.bridge === sent.iifname;
  return {
    ...sent,
    hook: stays ? 'forward' : 'input',
    iifname: card.port,
    oifname: stays ? target.port : '',
    ether: card.mac,
  };
}

const cardOf = ({ machines }: FlowModel, machine: string) =>
  machines.find(({ name }) => name === machine)?.card;
