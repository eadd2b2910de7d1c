import type { Emit } from '../base/messages/index.ts';
import { acquireLock, type Lock } from '../base/system/index.ts';
import type { Daemon } from './daemon.ts';

export interface Listening {
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** The name of the lock that keeps two applies on one daemon apart. */
export function lockOf(daemon: Daemon): string {
  return `daemon:${daemon.where}`;
}

/** The lock, waiting for the one who has it. */
export function lockWhenFree(
  daemon: Daemon,
  command: string,
  { emit, signal }: Partial<Listening>,
): Promise<Lock> {
  return acquireLock(lockOf(daemon), {
    command,
    wait: true,
    ...(emit && { emit }),
    ...(signal && { signal }),
  });
}

/** Runs `work` while no other apply works on this daemon; waits for one that does. */
export async function alone<T>(
  daemon: Daemon,
  command: string,
  listening: Listening,
  work: () => Promise<T>,
): Promise<T> {
  await using _lock = await lockWhenFree(daemon, command, listening);
  return await work();
}
