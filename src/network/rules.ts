import type { Protocol } from './flows.ts';

/** What a rule looks at in a packet. */
export type Field = 'iifname' | 'oifname' | 'saddr' | 'daddr';

export type Match =
  | { readonly on: 'set'; readonly fields: readonly Field[]; readonly set: string }
  | { readonly on: 'address'; readonly field: 'saddr' | 'daddr'; readonly value: string }
  | {
      readonly on: 'port';
      readonly protocol: 'tcp' | 'udp';
      readonly field: 'sport' | 'dport';
      readonly ports: readonly number[];
    }
  | { readonly on: 'protocol'; readonly value: Protocol }
  | { readonly on: 'echo-request' }
  | { readonly on: 'ipv6' }
  /** `reply` is a packet against the direction in which its conversation was opened. */
  | { readonly on: 'tracking'; readonly value: 'invalid' | 'related' | 'reply' };

export type Verdict =
  | { readonly do: 'accept' | 'drop' }
  | { readonly do: 'goto' | 'jump'; readonly chain: string }
  /** Jump where the map says for these fields; what finds nothing there comes back and goes on. */
  | { readonly do: 'lookup'; readonly fields: readonly Field[]; readonly map: string };

/** One line of the ruleset. Accepting and dropping rules count what they decide. */
export interface Rule {
  readonly matches: readonly Match[];
  readonly verdict: Verdict;
  readonly comment?: string;
}

export interface Chain {
  readonly name: string;
  /** Chains of the kernel's own path; the others are reached from these. */
  readonly hook?: 'forward' | 'input';
  readonly rules: readonly Rule[];
}

/** Members are one value for each field. */
export interface NamedSet {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly elements: readonly (readonly string[])[];
}

export interface VerdictMap {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly elements: readonly { readonly key: readonly string[]; readonly chain: string }[];
}

/** Table `inet anklume`, whole. Plain JSON. */
export interface Ruleset {
  readonly sets: readonly NamedSet[];
  readonly maps: readonly VerdictMap[];
  readonly chains: readonly Chain[];
}
