import { spawn } from 'node:child_process';

/**
 * Starts a program in a session of its own, away from the terminal and its signals, that outlives this process.
 * Nothing is heard of it, not even that it could not be started.
 */
export function startDetached(argv: readonly string[], cwd: string): void {
  const [file = '', ...args] = argv;
  const child = spawn(file, args, { detached: true, stdio: 'ignore', cwd });
  child.on('error', () => {});
  child.unref();
}
