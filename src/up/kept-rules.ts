import { keepSandboxRules } from '../sandbox/index.ts';
import type { Daemon } from './daemon.ts';

/** Keeps what is loaded in a sandbox for its next start: its machines run again then, and nobody deploys. */
export async function keepRules({ sandbox, host }: Daemon): Promise<void> {
  if (sandbox !== undefined && host) await keepSandboxRules(sandbox, host);
}
