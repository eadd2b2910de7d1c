import type { JoinedNic, ProbeEnd } from './probes.ts';

/** A virtual machine: its network cannot be entered, but its agent runs commands inside. */
export interface Guest extends ProbeEnd, JoinedNic {
  readonly project: string;
  readonly instance: string;
}

/**
 * What the prober measures of one probe: whether it arrived, was answered, why it could not leave, whether it left its
 * machine, and whether it was put at the host's end of that machine's NIC.
 */
export type Result = readonly [
  arrived: boolean,
  answered: boolean,
  error: string | null,
  left: boolean,
  injected: boolean,
];
