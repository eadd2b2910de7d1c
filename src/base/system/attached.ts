import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface AttachedOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Descriptor of a file that gets what it prints, instead of the terminal. */
  readonly output?: number;
}

/** Runs a program on this terminal, for a person to use; gives its exit status, 128 plus the number when a signal ended it. */
export function runAttached(
  argv: readonly string[],
  options: AttachedOptions = {},
): Promise<number> {
  const [file = '', ...args] = argv;
  const env = { ...process.env, ...options.env };
  const { output = 'inherit' } = options;
  const stdio = ['inherit', output, output] as const;
  const child = spawn(file, args, { stdio: [...stdio], cwd: options.cwd, env });
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
