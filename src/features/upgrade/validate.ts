import { join } from 'node:path';
import { ANY_STATUS, printable, run } from '../../base/system/index.ts';

/** Whether the new version starts, and whether it takes a project. Plain JSON. */
export interface Validation {
  /** What it answers to `--version`; absent where it did not start. */
  readonly version?: string;
  /** Whether a sync of the project would go through; absent where there is no project. */
  readonly project?: boolean;
  /** Whether the version before takes the project; only asked where the new one does not. */
  readonly projectBefore?: boolean;
  /** The last words of what failed. */
  readonly words?: string;
}

/** Starts the new version, which builds itself first, and lets it look at the project. Writes nothing there. */
export async function validateUpgrade(
  root: string,
  rootBefore: string,
  project: string | undefined,
  onLine: (untrustedLine: string) => void,
): Promise<Validation> {
  const launcher = join(root, 'anklume');
  const started = await run([launcher, '--version'], { accept: ANY_STATUS, onErrorLine: onLine });
  if (started.code !== 0) return { words: lastWords(started.stderr) };
  const version = printable(started.stdout.trim());
  if (project === undefined) return { version };
  const words = ['sync', '--dry-run', '--quiet', '-C', project];
  const looked = await run([launcher, ...words], { accept: ANY_STATUS });
  if (looked.code === 0) return { version, project: true };
  const before = await run([join(rootBefore, 'anklume'), ...words], { accept: ANY_STATUS });
  return {
    version,
    project: false,
    projectBefore: before.code === 0,
    words: lastWords(looked.stderr),
  };
}

function lastWords(untrusted: string): string {
  return printable(untrusted.trim()).slice(-2000);
}
