import type { Text } from '../../base/messages/index.ts';
import type { Decision } from '../model/explain.ts';
import type { Protocol } from '../model/flows.ts';
import type { RuleCode } from '../rules/codes.ts';
import type { Forgery } from './forgery.ts';
import type { ProofFinding } from './reality/finding.ts';
import type { Untested } from './untested.ts';

export type { Untested };

/**
 * `open`: the packet arrived and its answer came back. `one-way`: it arrived, no answer came back.
 * `closed`: it did not arrive. `unsent`: it could not leave its own machine.
 */
export type Measured = 'open' | 'one-way' | 'closed' | 'unsent';

/** One probe: what the policies say, what the packets did. */
export interface ProofCell {
  /** A machine, `host`, or `internet`. */
  readonly from: string;
  /** A machine, `gateway:DOMAIN`, or `internet`. */
  readonly to: string;
  readonly protocol: Protocol;
  readonly port?: number;
  /** Absent: IPv4. */
  readonly family?: 6;
  readonly expected: 'open' | 'closed';
  readonly measured: Measured;
  readonly verdict: 'ok' | 'mismatch' | 'untested';
}

/** One forged frame, and what became of it. */
export interface ForgeryCell {
  readonly forged: Forgery;
  readonly from: string;
  /** A machine, or `gateway:DOMAIN`. */
  readonly to: string;
  /** The address that was claimed. */
  readonly as?: string;
  readonly protocol: Protocol;
  readonly port?: number;
  /** Absent: IPv4, or what the kind says. */
  readonly family?: 6;
  readonly expected: 'open' | 'closed';
  /** `learned`: it did not arrive, but the bridge believed its MAC. */
  readonly measured: 'arrived' | 'learned' | 'closed' | 'unsent';
  readonly verdict: 'ok' | 'mismatch' | 'untested';
}

/** Where the host's rules or a machine's network card are not what the tree asks for, whatever the packets did. */
export interface Deviation {
  /** `chain between`, `card of pro-dev`, `tables` */
  readonly place: string;
  /** `added`: there and not wanted. `missing`: wanted and not there. */
  readonly change: 'added' | 'missing';
  /** The line of the rules, the member of the set, or the key of the card. */
  readonly line: string;
  /** Of a rule, with its meaning. */
  readonly code?: RuleCode;
  readonly meaning?: Text;
}

/** A wall that does not stand as declared, or a door that does not open. */
export type Mismatch = (ProofCell | ForgeryCell) & {
  /** Number of the policy that decides, from 1; absent when a default does. */
  readonly policy?: number;
  /** That of the rule which is to see to it. */
  readonly code: Decision['code'];
  readonly text: Text;
};

/** When, where and of what something is a proof. */
export interface ProofAbout {
  /** ISO 8601. */
  readonly date: string;
  readonly infrastructure: string;
  /** The daemon's name for its host, and the sandbox on it. */
  readonly host: string;
  readonly sandbox?: string;
  readonly versions: {
    readonly anklume: string;
    readonly incus: string;
    readonly kernel: string;
  };
  /** SHA-256 of the rules that the infrastructure asks for, as `anklume network rules` prints them. */
  readonly rules: string;
  readonly domains: readonly { readonly name: string; readonly trust?: string }[];
}

/** What `prove` found. Plain JSON. */
export interface Proof {
  /**
   * True when something was tested, everything tested is as declared, what runs and what is loaded too, nothing that
   * runs was left untested unless that was allowed, and no packet was lost unseen.
   */
  readonly holds: boolean;
  /** Why what is declared by now may be something else than what was tried; absent when it is not. */
  readonly stale?: Text;
  readonly about?: ProofAbout;
  /** `quick`: packets were tried between a few machines of each domain. */
  readonly depth: 'quick' | 'full';
  /** Machines, where only packets from and to these were tried. */
  readonly limit?: readonly string[];
  /** Machines that run, of which `machines` were tried. */
  readonly running: number;
  readonly machines: readonly {
    readonly name: string;
    readonly domain: string;
    readonly ip: string;
  }[];
  readonly cells: readonly ProofCell[];
  readonly forgeries: readonly ForgeryCell[];
  readonly deviations: readonly Deviation[];
  /** What runs or is loaded and does not belong here, whatever the packets did. */
  readonly findings: readonly ProofFinding[];
  /** The same, where it may be meant. */
  readonly notes: readonly ProofFinding[];
  readonly counts: {
    readonly probes: number;
    readonly ok: number;
    readonly open: number;
    readonly closed: number;
    readonly mismatches: number;
    readonly untested: number;
  };
  readonly mismatches: readonly Mismatch[];
  readonly untested: readonly Untested[];
  /** What a pin by design leaves open; everything around it was tried. */
  readonly exempt: readonly Untested[];
  /** Packets the kernel dropped before they could be looked at; above 0, a leak could have been missed. */
  readonly lost: number;
  readonly seconds: number;
}
