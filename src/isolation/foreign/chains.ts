/**
 * Chains that are not ours, as far as they can be understood: what their rules look at, and what they do. Both of
 * nftables and of the older iptables. Plain JSON.
 */
export interface ForeignChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** Of the older iptables, which has tables of its own beside those of nft. */
  readonly older?: true;
  /** Present on chains of the kernel's own path; the others are reached from these. */
  readonly hook?: string;
  /** What becomes of packets that fall off the end of a chain with a hook. */
  readonly policy: 'accept' | 'drop';
  /** Of a chain at a device: which; absent where the listing does not say. */
  readonly devices?: readonly string[];
  readonly rules: readonly ForeignRule[];
}

/** What a rule looks at and does, in its order: a look that fails ends the rule. */
export interface ForeignRule {
  readonly steps: readonly Step[];
  /** As the listing has it. */
  readonly text: string;
}

export type Step = Test | Act;

export type Test =
  /** A name may end with `*`. */
  | { readonly on: 'iif' | 'oif'; readonly names: readonly string[]; readonly not?: boolean }
  /** Networks such as `10.0.0.0/8`, or from one address to another with `-` between, of either family. */
  | { readonly on: 'saddr' | 'daddr'; readonly within: readonly string[]; readonly not?: boolean }
  | { readonly on: 'protocol'; readonly values: readonly string[]; readonly not?: boolean }
  | {
      readonly on: 'sport' | 'dport';
      readonly protocol?: string;
      readonly ranges: readonly Range[];
      readonly not?: boolean;
    }
  | { readonly on: 'state'; readonly values: readonly string[]; readonly not?: boolean }
  | { readonly on: 'family'; readonly value: 4 | 6; readonly not?: boolean }
  /** Whether the target is an address of the host. */
  | { readonly on: 'local'; readonly not?: boolean }
  /** Whether its target was another at first. */
  | { readonly on: 'translated'; readonly not?: boolean }
  /** No packet of IP is of such a kind. */
  | { readonly on: 'never'; readonly not?: boolean }
  | { readonly on: 'unknown' };

export type Range = readonly [first: number, last: number];

export type Act =
  | { readonly do: 'accept' | 'drop' | 'reject' | 'return' }
  | { readonly do: 'jump' | 'goto'; readonly chain: string }
  /** Sends a packet, or another like it, elsewhere than the rules of ours suppose, or makes it another. */
  | { readonly do: 'divert'; readonly how: Diversion };

/**
 * `copy`: a second packet to elsewhere. `forward`: from one interface to another, past everything between. `translate`:
 * another address. `change`: other bytes. `hand-over`: to a program. `bypass`: past the rules from now on.
 */
export type Diversion = 'copy' | 'forward' | 'translate' | 'change' | 'hand-over' | 'bypass';

export function isTest(step: Step): step is Test {
  return 'on' in step;
}
