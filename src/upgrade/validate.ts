import { join } from 'node:path';
import { printable, run } from '../system/index.ts';

/** Whether the new version starts, and whether it takes a project. Plain JSON. */
export interface Validation {
  /** What it answers to `--version`; absent where it did not start. */
  readonly version?: string;
  /** Whether a sync of the project would go through; absent where there is no project. */
  readonly project?: boolean;
  /** The last words of what failed. */
  readonly words?: string;
}

/** Starts the new version, which builds itself first, and lets it look at the project. Writes nothing there. */
export async function validateUpgrade(
  root: string,
  project: string | undefined,
  onLine: (untrustedLine: string) => void,
): Promise<Validation> {
  const launcher = join(root, 'anklume');
  const accept = Array.from({ length: 256 }, (_, code) => code);
  const started = await run([launcher, '--version'], { accept, onErrorLine: onLine });
  if (started.code !== 0) return { words: lastWords(started.stderr) };
  const version = printable(started.stdout.trim());
  if (project === undefined) return { version };
  const looked = await run([launcher, 'sync', '--dry-run', '--quiet', '-C', project], { accept });
  return looked.code === 0
    ? { version, project: true }
    : { version, project: false, words: lastWords(looked.stderr) };
}

function lastWords(untrusted: string): string {
  return printable(untrusted.trim()).slice(-2000);
}
