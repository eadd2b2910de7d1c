import { bitsOf } from '../infra/index.ts';
import { DISPOSABLE_PORT } from '../tree/index.ts';
import type { Protocol } from './flows.ts';
import { PRIVATE_RANGES } from './private-ranges.ts';
import type { Field, Icmp6Kind, MapElement, Match, Rule, Ruleset } from './rules.ts';

/** One packet as the kernel sees it at a hook. */
export interface KernelPacket {
  readonly hook: 'forward' | 'input';
  readonly iifname: string;
  /** Empty at the input hook. */
  readonly oifname: string;
  /** The sender's MAC. */
  readonly ether?: string;
  /** The address that an ARP frame says to be its sender's; absent for what is no ARP. */
  readonly claim?: string;
  /** The address that a neighbour advertisement claims; absent for what is none. */
  readonly claim6?: string;
  readonly family: 4 | 6;
  readonly saddr: string;
  readonly daddr: string;
  readonly protocol: Protocol;
  readonly sport: number;
  readonly dport: number;
  readonly echoRequest: boolean;
  /** Absent where it is neither ICMPv6 nor of a kind that a rule knows. */
  readonly icmp6?: Icmp6Kind;
  /** `forth`: along the direction in which its conversation was opened, the first packet included. */
  readonly tracking: 'forth' | 'reply' | 'related' | 'invalid';
}

export interface Outcome {
  readonly verdict: 'accept' | 'drop';
  /** The rule that decides; absent where the packet is none of our business. */
  readonly rule?: Rule;
  readonly chain?: string;
}

/** What a ruleset does to a packet: the kernel's walk through the chains, without a kernel. */
export function evaluate(ruleset: Ruleset, packet: KernelPacket): Outcome {
  const base = ruleset.chains.find(({ hook }) => hook === packet.hook);
  return (base && walk(ruleset, base.name, packet)) ?? { verdict: 'accept' };
}

/** The outcome within a chain, or undefined when the packet falls off its end. */
function walk(ruleset: Ruleset, name: string, packet: KernelPacket): Outcome | undefined {
  const chain = ruleset.chains.find((candidate) => candidate.name === name);
  for (const rule of chain?.rules ?? []) {
    if (!rule.matches.every((match) => matches(ruleset, match, packet))) continue;
    const { verdict } = rule;
    switch (verdict.do) {
      case 'accept':
      case 'drop':
        return { verdict: verdict.do, rule, chain: name };
      case 'reject':
        return { verdict: 'drop', rule, chain: name };
      case 'goto':
        return walk(ruleset, verdict.chain, packet);
      case 'jump':
      case 'lookup': {
        const next = verdict.do === 'lookup' ? lookup(ruleset, verdict, packet) : verdict;
        if (!next) continue;
        if (next.do === 'accept') return { verdict: 'accept', rule, chain: name };
        const outcome = walk(ruleset, next.chain, packet);
        if (outcome || next.do === 'goto') return outcome;
      }
    }
  }
  return undefined;
}

function lookup(
  ruleset: Ruleset,
  { fields, map }: { readonly fields: readonly Field[]; readonly map: string },
  packet: KernelPacket,
): MapElement | undefined {
  return ruleset.maps
    .find(({ name }) => name === map)
    ?.elements.find(({ key }) => equal(key, fields, packet));
}

function matches(ruleset: Ruleset, match: Match, packet: KernelPacket): boolean {
  const isIpv4 = packet.family === 4;
  switch (match.on) {
    case 'set': {
      const hasFields = match.fields.every(
        (field) => field === 'ether' || fieldOf(field, packet) !== undefined,
      );
      const elements = ruleset.sets.find(({ name }) => name === match.set)?.elements ?? [];
      const isMember = elements.some((one) => equal(one, match.fields, packet));
      return hasFields && isMember !== (match.not ?? false);
    }
    case 'disposable':
      return packet[match.field].startsWith(DISPOSABLE_PORT);
    case 'address':
      return isWithin(fieldOf(match.field, packet), match.value);
    case 'subnets': {
      const address = fieldOf(match.field, packet);
      const isInOne = match.values.some((value) => isWithin(address, value));
      return address !== undefined && isInOne !== (match.not ?? false);
    }
    case 'port':
      return packet.protocol === match.protocol && match.ports.includes(packet[match.field]);
    case 'protocol':
      return packet.protocol === match.value;
    case 'echo-request':
      return isIpv4 && packet.protocol === 'icmp' && packet.echoRequest;
    case 'icmp6':
      return packet.icmp6 !== undefined && match.kinds.includes(packet.icmp6);
    case 'claims-other':
      return packet.claim6 !== undefined && !match.values.includes(packet.claim6);
    case 'redirect':
      return false;
    case 'ipv6':
      return !isIpv4;
    case 'private':
      return PRIVATE_RANGES.some((range) => isWithin(fieldOf(match.field, packet), range));
    case 'frame':
      return match.kinds.includes(isIpv4 ? 'ip' : 'ip6') !== (match.not ?? false);
    case 'tracking':
      return match.value === 'valid'
        ? packet.tracking !== 'invalid'
        : packet.tracking === match.value;
  }
}

function equal(values: readonly string[], fields: readonly Field[], packet: KernelPacket): boolean {
  return fields.every((field, index) => fieldOf(field, packet) === values[index]);
}

/** Undefined where a packet of this family has no such field. */
function fieldOf(field: Field, packet: KernelPacket): string | undefined {
  switch (field) {
    case 'saddr':
    case 'daddr':
      return packet.family === 4 ? packet[field] : undefined;
    case 'saddr6':
      return packet.family === 6 ? packet.saddr : undefined;
    case 'daddr6':
      return packet.family === 6 ? packet.daddr : undefined;
    case 'frame':
      return packet.family === 6 ? 'ip6' : 'ip';
    default:
      return packet[field];
  }
}

function isWithin(address: string | undefined, subnet: string): boolean {
  const [network = '', length] = subnet.split('/');
  if (address === undefined || address.includes(':') !== network.includes(':')) return false;
  const bits = address.includes(':') ? 128 : 32;
  const shift = BigInt(bits - Number(length ?? bits));
  return numeric(address) >> shift === numeric(network) >> shift;
}

function numeric(address: string): bigint {
  if (address.includes(':')) return bitsOf(address);
  return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}
