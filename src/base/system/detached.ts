import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';

/** How much it gives way to what somebody waits for; 19 gives way to everything. */
const NICENESS = 10;

/**
 * Starts a program in a session of its own, away from the terminal and its signals, that outlives this process.
 * Nothing is heard of it, not even that it could not be started.
 */
export function startDetached(argv: readonly string[], cwd: string): void {
  const [file = '', ...args] = argv;
  const child = spawn(file, args, { detached: true, stdio: 'ignore', cwd });
  child.on('error', () => {});
  try {
    if (child.pid !== undefined) setPriority(child.pid, NICENESS);
  } catch {
    // It has ended already.
  }
  child.unref();
}
