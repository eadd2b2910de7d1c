/**
 * How to reach the host that a daemon runs on: this machine, or the namespaces of an embedded sandbox.
 * Rules are loaded and probes are sent through it. A remote daemon's host cannot be reached: there is none then.
 */
export interface Host {
  /** Put in front of a program's arguments to run it there: empty on this machine. */
  readonly enter: readonly string[];
  /** Where that host's process list is seen from here: `/proc`, or `/proc/PID/root/proc`. */
  readonly proc: string;
}

/** This machine itself. */
export const thisHost: Host = { enter: [], proc: '/proc' };
