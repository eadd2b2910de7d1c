import { spawn } from 'node:child_process';

/** How a command ended. */
export interface Outcome {
  readonly command: string;
  /** Absent when it was ended at its time limit. */
  readonly exitCode?: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface Running {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Seconds until it is killed with all that it started. */
  readonly limit: number;
}

const alive = new Set<number>();

/** What commands have started ends with this process, however it ends. */
process.on('exit', () => {
  for (const pid of alive) killGroup(pid);
});
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.on(signal, () => process.exit(code));

/** Runs a command in a process group of its own, to its end or its limit. */
export function runCommand(
  command: string,
  argv: readonly string[],
  { cwd, env, input = '', limit }: Running,
): Promise<Outcome> {
  const [file = '', ...args] = argv;
  const began = performance.now();
  const child = spawn(file, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const { pid } = child;
  if (pid !== undefined) alive.add(pid);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    if (pid !== undefined) killGroup(pid);
  }, limit * 1000);
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      if (output[name].length < MOST_OUTPUT) output[name] += text;
    });
  return new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const exitCode = late ? undefined : (code ?? (signal ? 137 : 1));
      const seconds = (performance.now() - began) / 1000;
      resolve({ command, ...output, seconds, ...(exitCode !== undefined && { exitCode }) });
    });
  }).finally(() => {
    clearTimeout(timer);
    if (pid !== undefined) alive.delete(pid);
  });
}

/** Characters of a stream that are kept: enough to see what went wrong. */
const MOST_OUTPUT = 200_000;

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** The words of a command line. Quotes group words as in a shell; nothing else means anything. */
export function wordsOf(line: string): string[] {
  const words = line.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}
