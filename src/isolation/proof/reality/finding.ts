import type { Text } from '../../../base/messages/index.ts';
import type { BridgeFaultCode } from '../../../engine/index.ts';
import type { Untested } from '../untested.ts';

/** What really runs or is loaded and does not belong to the wanted world, whatever the probes said. Plain JSON. */
export interface ProofFinding {
  readonly code: FindingCode;
  /** What it is about: a machine, an interface, a network, a chain. */
  readonly place: string;
  readonly text: Text;
  readonly remedy: Text;
}

export type FindingCode =
  | 'undeclared-machine'
  | 'machine-by-hand'
  | 'foreign-nic'
  | 'dangerous-setting'
  | 'idmap-host-root'
  | 'no-rules'
  | 'proxy'
  | 'nic-routes'
  | 'shared-folder'
  | 'network-key'
  | 'incus-nat'
  | 'incus-pins'
  | 'unknown-port'
  | 'unknown-interface'
  | 'tc-filter'
  | 'xdp-program'
  | 'tcx-program'
  | 'foreign-chain'
  | 'strayed'
  | BridgeFaultCode;

/** What was found: what fails the proof, and what is told for whoever reads it. */
export interface Findings {
  readonly findings: readonly ProofFinding[];
  readonly notes: readonly ProofFinding[];
  /** What could not be looked into. */
  readonly untested?: readonly Untested[];
}

export const NOTHING_FOUND: Findings = { findings: [], notes: [] };

export function together(...parts: readonly Findings[]): Findings {
  return {
    findings: parts.flatMap(({ findings }) => findings),
    notes: parts.flatMap(({ notes }) => notes),
    untested: parts.flatMap(({ untested = [] }) => untested),
  };
}

/** A command, the same in both languages. */
export function typed(command: string): Text {
  return { en: command, fr: command };
}
