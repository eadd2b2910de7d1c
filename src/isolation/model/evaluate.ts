import { ipv4Number } from '../../base/system/index.ts';
import { bitsOf } from '../../world/infra/index.ts';
import { DISPOSABLE_PORT } from '../../world/tree/index.ts';
import { addressNumber } from '../rules/guarded.ts';
import { PRIVATE_RANGES } from '../rules/private-ranges.ts';
import type {
  End,
  Field,
  Hook,
  Icmp6Kind,
  MapElement,
  Match,
  NamedSet,
  Rule,
  Ruleset,
} from '../rules/rules.ts';
import type { Protocol } from './flows.ts';

/** One packet as the kernel sees it at a hook. */
export interface KernelPacket {
  readonly hook: 'prerouting' | 'forward' | 'input';
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
  /** The header of IPv4 has options. */
  readonly options?: boolean;
  /** Absent where it is neither ICMPv6 nor of a kind that a rule knows. */
  readonly icmp6?: Icmp6Kind;
  /** An ICMP error, which is `related`; what else is, is expected by a helper of the kernel. */
  readonly error?: KernelError;
  /** `forth`: along the direction in which its conversation was opened, the first packet included. */
  readonly tracking: 'forth' | 'reply' | 'related' | 'invalid';
}

/** What an ICMP error says, and the conversation that it is about, as the kernel knows it. */
export interface KernelError {
  /** `end`: what only the one who was spoken to can know. `nothing`: a redirect, or no error at all. */
  readonly says: 'way' | 'refused' | 'end' | 'nothing';
  readonly towards: 'client' | 'server';
  readonly client: string;
  readonly server: string;
  readonly protocol: Protocol;
  /** The server's. */
  readonly port: number;
}

export interface Outcome {
  readonly verdict: 'accept' | 'drop';
  /** The rule that decides; absent where the packet is none of our business. */
  readonly rule?: Rule;
  readonly chain?: string;
}

/** What a ruleset does to a packet: the kernel's walk through the chains, without a kernel. */
export function evaluate(ruleset: Ruleset, packet: KernelPacket): Outcome {
  const at = (wanted: Hook): Outcome | undefined => {
    const base = ruleset.chains.find(({ hook, firstPackets }) => hook === wanted && !firstPackets);
    return base && walk(ruleset, base.name, packet);
  };
  // On a bridge, each hook is looked at for itself.
  const before = ruleset.family === 'inet' ? at('prerouting') : undefined;
  if (before?.verdict === 'drop') return before;
  return at(packet.hook) ?? { verdict: 'accept' };
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
      // The kernel has just put them there.
      const set = ruleset.sets.find(({ name }) => name === match.set);
      if (set?.filled) return !match.not;
      const hasFields = match.fields.every(
        (field) => field === 'ether' || fieldOf(field, packet) !== undefined,
      );
      return hasFields && isMember(set, match.fields, packet) !== (match.not ?? false);
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
      return match.value === 'icmpv6'
        ? !isIpv4 && packet.protocol === 'icmp'
        : packet.protocol === match.value;
    case 'loopback':
      return (packet.iifname === 'lo') !== (match.not ?? false);
    case 'icmp':
      return (packet.protocol === 'icmp') !== (match.not ?? false);
    case 'error': {
      const says = packet.error?.says ?? 'nothing';
      const isSaid = match.says === 'any' ? says !== 'nothing' : says === match.says;
      const isIcmp = packet.family === match.family && packet.protocol === 'icmp';
      return isIcmp && isSaid !== (match.not ?? false);
    }
    case 'towards':
      return towards(packet) === match.end;
    case 'conversation':
      return isAbout(ruleset, match, packet);
    case 'remembered':
      // Whoever sent it has just been kept.
      return fieldOf(match.end, packet) === packet.saddr;
    case 'echo-request':
      return isIpv4 && packet.protocol === 'icmp' && packet.echoRequest;
    case 'icmp6':
      return packet.icmp6 !== undefined && match.kinds.includes(packet.icmp6);
    // Of how a packet is built there is nothing in a packet that opens a conversation.
    case 'icmp6-first':
    case 'length6':
    case 'option':
    case 'arp-form':
    case 'arp-request':
    case 'message6':
    case 'later-fragment':
      return false;
    case 'seen-payload':
      return true;
    case 'redirect':
      return false;
    case 'options':
      return isIpv4 && packet.options === true;
    case 'ipv4':
      return isIpv4;
    case 'ipv6':
      return !isIpv4;
    case 'over':
      return false;
    case 'ethernet':
      return true;
    case 'private':
      return PRIVATE_RANGES.some((range) => isWithin(fieldOf(match.field, packet), range));
    case 'frame':
      return match.kinds.includes(isIpv4 ? 'ip' : 'ip6') !== (match.not ?? false);
    case 'tracking':
      return isTracked(match.value, packet.tracking);
  }
}

function isTracked(
  wanted: (Match & { readonly on: 'tracking' })['value'],
  tracking: KernelPacket['tracking'],
): boolean {
  const isUnusual = tracking === 'invalid' || tracking === 'related';
  switch (wanted) {
    case 'valid':
      return tracking !== 'invalid';
    case 'unusual':
      return isUnusual;
    case 'usual':
      return !isUnusual;
    case 'unanswered':
      return tracking === 'forth';
    case 'unsettled':
      return isUnusual || tracking === 'forth';
    default:
      return tracking === wanted;
  }
}

function towards({ error, tracking }: KernelPacket): 'client' | 'server' {
  return error?.towards ?? (tracking === 'reply' ? 'client' : 'server');
}

function isAbout(
  ruleset: Ruleset,
  { protocol, ports, family }: Match & { readonly on: 'conversation' },
  packet: KernelPacket,
): boolean {
  const { error } = packet;
  if (packet.family !== family || error?.protocol !== protocol) return false;
  if (!ports) return true;
  if ('one' in ports) return error.port === ports.one;
  const services = ruleset.sets.find(({ name }) => name === ports.set)?.elements ?? [];
  return services.some(([port]) => port === String(error.port));
}

function isMember(set: NamedSet | undefined, fields: readonly Field[], packet: KernelPacket) {
  const elements = set?.elements ?? [];
  if (!set?.ranges) return elements.some((one) => equal(one, fields, packet));
  return elements.some((one) =>
    fields.every((field, index) => {
      const [value, of] = [one[index] ?? '', fieldOf(field, packet)];
      return value.includes('/') ? isWithin(of, value) : of === value;
    }),
  );
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
    case 'client':
    case 'server':
    case 'client6':
    case 'server6':
      return endOf(field, packet);
    case 'target6':
      return packet.claim6 && addressNumber(packet.claim6);
    case 'conversation':
    case 'service':
    case 'share':
    case 'hop':
    case 'hop6':
    case 'claim-mac':
    case 'asked-network':
    case 'option-mac':
    case 'router-option-mac':
    case 'client-mac':
      return undefined;
    default:
      return packet[field];
  }
}

/** An end of the conversation that a packet belongs to. */
function endOf(field: End, packet: KernelPacket): string | undefined {
  if ((packet.family === 6) !== field.endsWith('6')) return undefined;
  const isClient = field.startsWith('client');
  if (packet.error) return isClient ? packet.error.client : packet.error.server;
  return isClient === (towards(packet) === 'server') ? packet.saddr : packet.daddr;
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
  return BigInt(ipv4Number(address) ?? 0);
}
