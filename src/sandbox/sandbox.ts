import type { Host } from '../base/system/index.ts';
import type { Choices } from './state.ts';

/** A sandbox as it stands: running or stopped. */
export interface SandboxStatus extends Choices {
  readonly name: string;
  /** All that it keeps: `sandboxes/NAME` below the home folder. */
  readonly folder: string;
  /** INCUS_DIR for the `incus` command. */
  readonly incusDir: string;
  readonly socket: string;
  readonly running: boolean;
  /** Process number, seen from this machine, of PID 1 of the sandbox; absent when it is stopped. */
  readonly holder?: number;
}

/** A running sandbox. */
export interface Sandbox extends SandboxStatus {
  readonly running: true;
  readonly holder: number;
  /** How to run programs inside its namespaces. */
  readonly host: Host;
}
