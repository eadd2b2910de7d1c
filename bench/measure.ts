import { spawn } from 'node:child_process';

// Certificates that the surroundings name cost every start of Node up to 0.1 s; no daemon here asks for them.
delete process.env.NODE_EXTRA_CA_CERTS;

/** One finished process: wall time in milliseconds and what it printed. */
export interface Timed {
  readonly ms: number;
  readonly stdout: string;
}

/** Runs a program to its end and times it from outside; a failure is an error, never a figure. */
export function timed(
  argv: readonly string[],
  env: Record<string, string> = {},
  cwd?: string,
): Promise<Timed> {
  const [file = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(file, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd && { cwd }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const ms = performance.now() - start;
      if (code === 0) resolve({ ms, stdout });
      else
        reject(
          new Error(
            `${argv.join(' ')} ended with ${code}:\n${stderr.slice(-3000)}${stdout.slice(-500)}`,
          ),
        );
    });
  });
}

/** Milliseconds until a program has written its first output; it is waited for, and a failure is an error. */
export function firstOutput(
  argv: readonly string[],
  env: Record<string, string> = {},
  cwd?: string,
): Promise<number> {
  const [file = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const start = performance.now();
    let first: number | undefined;
    const child = spawn(file, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
      ...(cwd && { cwd }),
    });
    child.stdout.on('data', () => {
      first ??= performance.now() - start;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 && first !== undefined) resolve(first);
      else reject(new Error(`${argv.join(' ')} ended with ${code}, without output or in failure`));
    });
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** Runs A and B in turn and gives the median of the ratios pair by pair, so that a machine that drifts does not lie. */
export async function paired(
  runs: number,
  a: () => Promise<number>,
  b: () => Promise<number>,
): Promise<{ a: number; b: number; ratio: number }> {
  const as: number[] = [];
  const bs: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    as.push(await a());
    bs.push(await b());
  }
  const ratios = as.map((value, index) => value / (bs[index] ?? Number.NaN));
  return { a: median(as), b: median(bs), ratio: median(ratios) };
}
