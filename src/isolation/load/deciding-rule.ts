import type { Host } from '../../base/system/index.ts';
import { evaluate, type KernelPacket } from '../model/evaluate.ts';
import type { Packet } from '../model/explain.ts';
import type { FlowModel } from '../model/flows.ts';
import { tableNameOf } from '../model/infrastructures.ts';
import { nftComment } from '../rules/comment.ts';
import { onHost } from '../rules/nft.ts';
import { hostRules } from '../rules/ruleset.ts';
import { presentFamilies } from './listing.ts';
import { NOBODY } from './nobody.ts';

/** The rule that decides about a packet, as it is loaded. */
export interface LoadedRule {
  /** The name of its table, of the family inet. */
  readonly table: string;
  readonly chain: string;
  /** As nft writes it, counter included; absent where the loaded rules lack it. */
  readonly text?: string;
  readonly packets?: number;
  readonly bytes?: number;
}

/** A port that a sender may well have: nothing looks at it in the first packet of a conversation. */
const SENDERS_PORT = 40_000;
/** An interface that is none of ours, and an address beyond it. */
const BEYOND = { bridge: '', ...NOBODY };
const PRIVATE = { bridge: '', address: '10.255.255.1', address6: 'fdff::1' };

/**
 * Which rule decides about the first packet of a conversation, and its counter in the kernel. Undefined
 * where no rule of ours does: for what the host itself sends.
 */
export async function decidingRule(
  model: FlowModel,
  packet: Packet,
  host: Host,
): Promise<LoadedRule | undefined> {
  const kernelPacket = asSeenByKernel(model, packet);
  const outcome = kernelPacket && evaluate(hostRules(model), kernelPacket);
  if (!outcome?.rule || outcome.chain === undefined) return undefined;
  const chain = outcome.chain;
  const same = hostRules(model)
    .chains.find(({ name }) => name === chain)
    ?.rules.filter(({ comment }) => comment === outcome.rule?.comment);
  const nth = same?.findIndex((rule) => JSON.stringify(rule) === JSON.stringify(outcome.rule)) ?? 0;
  const comment = nftComment(outcome.rule.comment ?? '');
  const table = await tableNameOf(model.projectName, host);
  const lines = await chainLines(host, table, chain);
  const line = lines.filter((one) => endsWith(one, comment))[nth];
  if (line === undefined) return { table, chain };
  const [, packets, bytes] = /\bcounter packets (\d+) bytes (\d+)\b/.exec(line) ?? [];
  return {
    table,
    chain,
    text: line,
    ...(packets !== undefined && { packets: Number(packets) }),
    ...(bytes !== undefined && { bytes: Number(bytes) }),
  };
}

function endsWith(line: string, comment: string): boolean {
  return comment === '' ? !line.includes('comment "') : line.endsWith(`comment "${comment}"`);
}

async function chainLines(host: Host, table: string, chain: string): Promise<string[]> {
  if (!(await presentFamilies(host, table)).includes('inet')) return [];
  const words = ['nft', 'list', 'table', 'inet', table];
  const { stdout } = await onHost(host, words);
  const lines = stdout.split('\n');
  const start = lines.indexOf(`\tchain ${chain} {`);
  if (start === -1) return [];
  const end = lines.indexOf('\t}', start);
  return lines.slice(start + 1, end).map((line) => line.trim());
}

/** The first packet of a conversation where our rules meet it; undefined where they never do. */
function asSeenByKernel(model: FlowModel, packet: Packet): KernelPacket | undefined {
  const from = endOf(model, packet.from);
  const to = endOf(model, packet.to);
  if (packet.from === 'host' || packet.from.startsWith('gateway:') || !from || !to)
    return undefined;
  // Within a domain without IPv6 it is the bridge that drops.
  if (packet.family && from.bridge === to.bridge && !from.address6) return undefined;
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
