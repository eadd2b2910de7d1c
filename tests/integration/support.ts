import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { inject } from 'vitest';
import { run } from '../../src/base/system/index.ts';
import { program } from './build.ts';
import { LINGERING } from './lingering.ts';
import { checkPrinted } from './result-schema.ts';

/** What a run of the command line left behind. */
export interface Outcome {
  /** Exit status; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Milliseconds after which the program is killed with SIGKILL. */
  readonly killAfter?: number;
  /** The program is killed with SIGKILL when it is aborted. */
  readonly killWhen?: AbortSignal;
}

/**
 * Runs the built program against the shared sandbox, as a child of its own; never throws for its exit status, but
 * where it prints JSON that is not as published.
 */
export function anklume(args: readonly string[], options: CliOptions = {}): Promise<Outcome> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: options.cwd,
    env: {
      ...process.env,
      ANKLUME_LANG: 'en',
      NO_COLOR: '1',
      // Reading certificates that the surroundings name costs each start 0.1 s, and nothing here asks for them.
      NODE_EXTRA_CA_CERTS: '',
      ANKLUME_HOME: inject('home'),
      INCUS_SOCKET: inject('socket'),
      ...options.env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  const timer =
    options.killAfter === undefined
      ? undefined
      : setTimeout(() => child.kill('SIGKILL'), options.killAfter);
  options.killWhen?.addEventListener('abort', () => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      try {
        checkPrinted(args, output);
        resolve({ code, signal, ...output });
      } catch (fault) {
        reject(fault);
      }
    });
  });
}

/**
 * Incus 6.0.4 drops what a command writes right before its end: this one ends a little later. And it loses sight of
 * commands, which run all the same with nothing on their standard input: this one then does nothing.
 */
const HELD = ['sh', '-c', 'read -r go || exit 0; exec "$@"', 'sh', ...LINGERING];

/** Asks the shared sandbox's daemon with the `incus` command: a look from outside. */
export async function incusCli(...args: string[]): Promise<string> {
  const env = { INCUS_DIR: inject('incusDir') };
  const at = args[0] === 'exec' ? args.indexOf('--') + 1 : 0;
  if (at === 0) return (await run(['incus', ...args], { env })).stdout;
  const argv = ['incus', ...args.toSpliced(at, 0, ...HELD)];
  for (let left = 20; ; left--)
    try {
      return (await run(argv, { env, input: '\n' })).stdout;
    } catch (error) {
      if (left === 1 || !/Failed to retrieve PID/.test(String(error))) throw error;
    }
}

/** One answer of the daemon's API, through `incus query`: another way than the code under test. */
export async function incusQuery<T>(path: string): Promise<T> {
  return JSON.parse(await incusCli('query', path)) as T;
}

/** Runs a program inside the shared sandbox's namespaces. */
export async function inSandbox(...argv: string[]): Promise<string> {
  const enter = ['nsenter', '-t', String(inject('holder')), '-m', '-n', '-p', '-C', '--'];
  return (await run([...enter, ...argv])).stdout;
}

/** A name that no other test uses: `prefix` and six hexadecimal digits. */
export function uniqueName(prefix: string): string {
  return `${prefix}${randomBytes(3).toString('hex')}`;
}

/** The last JSON line of a command: its result. */
export function resultOf<T>({ stdout }: Outcome): T {
  const last = stdout.trim().split('\n').at(-1) ?? '';
  checkPrinted(['--json'], { stdout: last, stderr: '' });
  return JSON.parse(last) as T;
}

/** Takes a project's folder, its domains and the rules away, also what only part of a run made. */
export async function clearAway(folder: string, domains: readonly string[]): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const domain of domains) {
    const urls = await incusQuery<string[]>(`/1.0/instances?project=${domain}`).catch(() => []);
    for (const url of urls) {
      const name = url.split('?')[0]?.split('/').at(-1) ?? '';
      await incusCli('delete', '--force', '--project', domain, name).catch(() => undefined);
    }
    // The command asks before it deletes what a project holds.
    const all = `/1.0/projects/${domain}?force=1`;
    await incusCli('query', '-X', 'DELETE', all).catch(() => undefined);
    await incusCli('network', 'delete', `net-${domain}`).catch(() => undefined);
  }
  for (const family of ['inet', 'bridge'])
    await inSandbox('nft', 'delete', 'table', family, 'anklume').catch(() => undefined);
}
