import type { Protocol } from './flows.ts';

/** What a rule looks at in a packet; `frame` is the kind of a frame, `claim` the address that an ARP frame says to be its sender's. */
export type Field = 'iifname' | 'oifname' | 'ether' | 'frame' | AddressField | 'claim';

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
  | { readonly on: 'protocol'; readonly value: Protocol }
  | { readonly on: 'echo-request' }
  | { readonly on: 'icmp6'; readonly kinds: readonly Icmp6Kind[] }
  /** A neighbour advertisement that claims none of these addresses. */
  | { readonly on: 'claims-other'; readonly values: readonly string[] }
  /** A router's word that there is a shorter way. */
  | { readonly on: 'redirect' }
  | { readonly on: 'ipv6' }
  /** An IPv4 address that no server on the internet has. */
  | { readonly on: 'private'; readonly field: 'saddr' | 'daddr' }
  /** Frames of a kind, or of none of several; only on the bridge itself. */
  | { readonly on: 'frame'; readonly kinds: readonly FrameKind[]; readonly not?: boolean }
  /** `reply` is a packet against the direction in which its conversation was opened; `valid` all that is not `invalid`. */
  | { readonly on: 'tracking'; readonly value: 'invalid' | 'valid' | 'related' | 'reply' };

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

export type Verdict =
  | { readonly do: 'accept' | 'drop' }
  /** Refuses and says so to the sender. */
  | { readonly do: 'reject' }
  /** Keeps every later rule from changing the source address. Only in a postrouting chain. */
  | { readonly do: 'keep-source'; readonly family?: 6 }
  /** Tells the kernel's log, or the reader of a log group, ten times a second at most, and goes on. */
  | { readonly do: 'log'; readonly prefix: string; readonly group?: number }
  | { readonly do: 'goto' | 'jump'; readonly chain: string }
  /** Do what the map says for these fields; what finds nothing there goes on. */
  | { readonly do: 'lookup'; readonly fields: readonly Field[]; readonly map: string };

/** One line of the ruleset. Accepting and dropping rules count what they decide. */
export interface Rule {
  readonly matches: readonly Match[];
  readonly verdict: Verdict;
  readonly comment?: string;
}

export type Hook = 'prerouting' | 'forward' | 'input' | 'output' | 'postrouting';

export interface Chain {
  readonly name: string;
  /** Chains of the kernel's own path; the others are reached from these. */
  readonly hook?: Hook;
  /** Of a chain with a hook: what becomes of packets that fall off its end. Default accept. */
  readonly policy?: 'accept' | 'drop';
  readonly rules: readonly Rule[];
}

/** Members are one value for each field. */
export interface NamedSet {
  readonly name: string;
  readonly fields: readonly Field[];
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

/** `inet`: what crosses between bridges or enters the host. `bridge`: frames within a bridge. */
export type Family = 'inet' | 'bridge';

/** One table of one family, whole. Plain JSON. */
export interface Ruleset {
  readonly family: Family;
  /** Default that of an infrastructure; see tables.ts. */
  readonly name?: string;
  readonly sets: readonly NamedSet[];
  readonly maps: readonly VerdictMap[];
  readonly chains: readonly Chain[];
}
