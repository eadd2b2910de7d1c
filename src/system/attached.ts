import { spawn } from 'node:child_process';
import { AnklumeError, ExitCode } from '../messages/index.ts';
import { printable } from './run.ts';

/**
 * Runs a program that shares this terminal: a shell, a test run whose output is watched.
 * Gives its exit status; 128 and the signal's number when a signal ended it.
 */
export function runAttached(
  argv: readonly [string, ...string[]],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<number> {
  const [file, ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: 'inherit',
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
    });
    // The terminal sends Ctrl-C to both; the child decides what it means, and we report how it ended.
    const leaveItToTheChild = () => {};
    process.on('SIGINT', leaveItToTheChild);
    child.on('error', (error) => reject(notStarted(file, error)));
    child.on('close', (code, signal) => {
      process.off('SIGINT', leaveItToTheChild);
      resolve(code ?? 128 + (signal ? (SIGNALS[signal] ?? 0) : 0));
    });
  });
}

const SIGNALS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

function notStarted(file: string, cause: Error): AnklumeError {
  return new AnklumeError({
    code: 'program-missing',
    exit: ExitCode.environment,
    message: {
      en: `The program '${printable(file)}' could not be started: ${cause.message}`,
      fr: `Le programme « ${printable(file)} » n'a pas pu être lancé : ${cause.message}`,
    },
    cause,
  });
}
