import type { Protocol } from '../model/flows.ts';
import type { RuleCode } from './codes.ts';

/**
 * What a rule looks at in a packet; `frame` is the kind of a frame, `conversation` the number that the kernel gives to
 * the conversation that a packet belongs to, `service` the server's port in it. `share` is one of 64 parts into which
 * the kernel's numbers of conversations fall; `hop` the neighbour of the host that a packet is given to.
 */
export type Field =
  | 'iifname'
  | 'oifname'
  | 'ether'
  | 'frame'
  | AddressField
  | End
  | ArpField
  | BitsField
  | 'conversation'
  | 'service'
  | 'share'
  | 'hop'
  | 'hop6';

/** Who opened the conversation that a packet belongs to, and who answers in it: by the address that really does. */
export type End = 'client' | 'server' | 'client6' | 'server6';

/** Of ARP: the address and the MAC that a frame says to be its sender's. */
export type ArpField = 'claim' | 'claim-mac';

/**
 * What nft 1.0.6 has no word for, by its position; members of sets are numbers. Of ARP the first 24 bits of the address
 * that is asked for; of neighbour discovery the address that is meant (`target6`), and the MAC in the option behind it,
 * or in that of a router solicitation; of DHCP the MAC that a client says to have.
 */
export type BitsField =
  | 'asked-network'
  | 'target6'
  | 'option-mac'
  | 'router-option-mac'
  | 'client-mac';

/** IPv4 and IPv6 have fields of their own: a match on one never sees packets of the other. */
export type AddressField = 'saddr' | 'daddr' | 'saddr6' | 'daddr6';

export type Match =
  | {
      readonly on: 'set';
      readonly fields: readonly Field[];
      readonly set: string;
      /** True: matches what is not in the set. */
      readonly not?: boolean;
    }
  | { readonly on: 'address'; readonly field: AddressField; readonly value: string }
  /** What comes from the host itself. */
  | { readonly on: 'loopback'; readonly not?: boolean }
  /** The card of a disposable machine, which no tree names. */
  | { readonly on: 'disposable'; readonly field: 'iifname' | 'oifname' }
  /** Within one of several subnets. */
  | {
      readonly on: 'subnets';
      readonly field: AddressField;
      readonly values: readonly string[];
      /** True: within none of them. */
      readonly not?: boolean;
    }
  | {
      readonly on: 'port';
      readonly protocol: 'tcp' | 'udp';
      readonly field: 'sport' | 'dport';
      readonly ports: readonly number[];
    }
  | { readonly on: 'protocol'; readonly value: Protocol | 'icmpv6' }
  /** ICMP of either family. */
  | { readonly on: 'icmp'; readonly not?: boolean }
  /** An ICMP error that says one of these things. */
  | {
      readonly on: 'error';
      readonly family: 4 | 6;
      readonly says: ErrorKind;
      readonly not?: boolean;
    }
  /** The side of its conversation towards which a packet goes: `server` is the way of the opener's own packets. */
  | { readonly on: 'towards'; readonly end: 'client' | 'server' }
  /** The protocol of the conversation that a packet belongs to, and the server's port, which is in a set of services. */
  | {
      readonly on: 'conversation';
      readonly protocol: Protocol;
      readonly ports?: { readonly one: number } | { readonly set: string };
      /** ICMP has a number for each. */
      readonly family: 4 | 6;
    }
  /** What is counted for these fields, in a set that the kernel fills, is more than this. */
  | {
      readonly on: 'over';
      readonly set: string;
      readonly fields: readonly Field[];
      readonly most:
        | { readonly conversations: number }
        | { readonly aSecond: number; readonly atOnce: number };
    }
  /** Leaves by an interface whose other ends the host has to look for. */
  | { readonly on: 'ethernet' }
  /** The sender was remembered in this set (verdict `remember`), and is this end of the conversation. */
  | { readonly on: 'remembered'; readonly set: string; readonly end: End }
  | { readonly on: 'echo-request' }
  | { readonly on: 'icmp6'; readonly kinds: readonly Icmp6Kind[] }
  /** ICMPv6 right behind the IPv6 header, or behind another one. */
  | { readonly on: 'icmp6-first'; readonly not?: boolean }
  /** Bytes behind the IPv6 header. */
  | { readonly on: 'length6'; readonly values: readonly number[]; readonly not?: boolean }
  /** The kind and size of the first option of neighbour discovery. */
  | {
      readonly on: 'option';
      readonly at: 'neighbour' | 'router';
      readonly value: 'source-mac' | 'target-mac';
      readonly not?: boolean;
    }
  /** ARP of Ethernet for IPv4, which alone has its fields where rules look for them. */
  | { readonly on: 'arp-form' }
  | { readonly on: 'arp-request' }
  /** What a message of DHCP over IPv6 asks for (RFC 8415, 7.3). */
  | { readonly on: 'message6'; readonly kinds: readonly number[] }
  /** What is carried begins within the packet, and not behind headers that end with it. */
  | { readonly on: 'seen-payload' }
  /** A fragment behind the first, of something that is known. */
  | { readonly on: 'later-fragment' }
  /** A header of IPv4 with options. */
  | { readonly on: 'options' }
  /** A router's word that there is a shorter way. */
  | { readonly on: 'redirect' }
  | { readonly on: 'ipv4' | 'ipv6' }
  /** An IPv4 address that no server on the internet has. */
  | { readonly on: 'private'; readonly field: 'saddr' | 'daddr' | 'server' }
  /** Frames of a kind, or of none of several; only on the bridge itself. */
  | { readonly on: 'frame'; readonly kinds: readonly FrameKind[]; readonly not?: boolean }
  /**
   * `reply` is a packet against the direction in which its conversation was opened; `valid` all that is not `invalid`;
   * `unusual` what is `invalid` or `related`, `usual` all else. `unanswered` is a packet of a conversation in which
   * nobody has answered yet, `unsettled` that and what is unusual.
   */
  | {
      readonly on: 'tracking';
      readonly value:
        | 'invalid'
        | 'valid'
        | 'related'
        | 'reply'
        | 'unusual'
        | 'usual'
        | 'unanswered'
        | 'unsettled';
    };

/**
 * `any`: what is an error at all. `way`: what a router on the way says, and ends no conversation. `refused`: what a
 * router says that lets nothing through. `unread`: that a packet could not be read.
 */
export type ErrorKind = 'any' | 'way' | 'refused' | 'unread';

export type Icmp6Kind =
  | 'echo-request'
  | 'mld-listener-query'
  | 'mld2-listener-report'
  | 'nd-router-solicit'
  | 'nd-router-advert'
  | 'nd-neighbor-solicit'
  | 'nd-neighbor-advert'
  | 'nd-redirect';

export type FrameKind = 'ip' | 'ip6' | 'arp';

export type Verdict = Deciding | Step;

/** What ends the way of a packet through a chain. */
export type Deciding =
  | { readonly do: 'accept' | 'drop' }
  /** Refuses and says so to the sender. */
  | { readonly do: 'reject' }
  /** Keeps every later rule from changing the source address. Only in a postrouting chain. */
  | { readonly do: 'keep-source'; readonly family?: 6 };

/** What leads on. */
export type Step =
  /** Tells the kernel's log, or the reader of a log group, ten times a second at most, and goes on. */
  | { readonly do: 'log'; readonly code: RuleCode; readonly group?: number }
  | { readonly do: 'goto' | 'jump'; readonly chain: string }
  /** Puts fields into a set that the kernel fills, anew or if they are not there, or takes them out; and goes on. */
  | {
      readonly do: 'remember' | 'forget' | 'note';
      readonly set: string;
      readonly fields: readonly Field[];
    }
  /** How long a new conversation is remembered without a packet; and goes on. */
  | { readonly do: 'patience'; readonly timeout: string }
  /** Do what the map says for these fields; what finds nothing there goes on. */
  | { readonly do: 'lookup'; readonly fields: readonly Field[]; readonly map: string };

/** One line of the ruleset. Accepting and dropping rules count what they decide, and have a code. */
export type Rule = { readonly matches: readonly Match[] } & (
  | {
      readonly verdict: Deciding;
      readonly code: RuleCode;
      /** What is said behind the code, instead of what the code means. */
      readonly words?: string;
    }
  | {
      readonly verdict: Step;
      /** Of a lookup in a map that accepts by itself. */
      readonly code?: RuleCode;
    }
);

export type Hook = 'prerouting' | 'forward' | 'input' | 'output' | 'postrouting';

export interface Chain {
  readonly name: string;
  /** Chains of the kernel's own path; the others are reached from these. */
  readonly hook?: Hook;
  /** At the hooks `input` and `postrouting`: sees the first packet of each conversation alone. */
  readonly firstPackets?: true;
  /** Of a chain with a hook: what becomes of packets that fall off its end. Default accept. */
  readonly policy?: 'accept' | 'drop';
  readonly rules: readonly Rule[];
}

/** Members are one value for each field. */
export interface NamedSet {
  readonly name: string;
  readonly fields: readonly Field[];
  /** Members are subnets. */
  readonly ranges?: true;
  /** The kernel fills it while packets pass; how many members it holds, and for how long each: default while used. */
  readonly filled?: { readonly size: number; readonly seconds?: number };
  readonly elements: readonly (readonly string[])[];
}

export type MapElement =
  | {
      readonly key: readonly string[];
      readonly chain: string;
      /** Default `jump`: what the chain does not decide comes back and goes on. */
      readonly do?: 'jump' | 'goto';
    }
  /** Counts nothing. */
  | { readonly key: readonly string[]; readonly do: 'accept' };

export interface VerdictMap {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly elements: readonly MapElement[];
}

/** How long the kernel remembers a TCP connection without a packet. */
export interface Timeout {
  readonly name: string;
  readonly family: 4 | 6;
  readonly seconds: number;
}

/** `inet`: what crosses between bridges or enters the host. `bridge`: frames within a bridge. */
export type Family = 'inet' | 'bridge';

/** One table of one family, whole. Plain JSON. */
export interface Ruleset {
  readonly family: Family;
  /** Default that of an infrastructure; see tables.ts. */
  readonly name?: string;
  readonly timeouts?: readonly Timeout[];
  readonly sets: readonly NamedSet[];
  readonly maps: readonly VerdictMap[];
  readonly chains: readonly Chain[];
}
