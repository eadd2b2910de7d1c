import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Runs a program on this terminal, for a person to use; gives its exit status, 128 plus the number when a signal ended it. */
export function runAttached(
  argv: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<number> {
  const [file = '', ...args] = argv;
  const env = { ...process.env, ...options.env };
  const child = spawn(file, args, { stdio: 'inherit', cwd: options.cwd, env });
  // Ctrl-C reaches both through the terminal; it is meant for the program.
  const ignore = (): void => {};
  process.on('SIGINT', ignore);
  return new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)),
    );
  }).finally(() => process.off('SIGINT', ignore));
}
