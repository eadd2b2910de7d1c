import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { programFailed, programMissing } from './run.ts';

export interface FilterOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Given to the program on descriptor 3: words that neither arguments nor environment may hold. */
  readonly secret?: string;
}

/** Characters of standard error that are kept: its last words. */
const LAST_WORDS = 4000;

/**
 * What a program makes of a stream, as it comes: an argument array, never a shell string. Throws
 * `program-missing` or `program-failed` like `run`, and what the source throws; whoever reads to the end knows
 * that the program ended well. One who stops earlier ends the program.
 */
export async function* through(
  argv: readonly string[],
  source: AsyncIterable<Uint8Array> | undefined,
  options: FilterOptions = {},
): AsyncGenerator<Buffer> {
  const [file = '', ...args] = argv;
  const child = spawn(file, args, {
    stdio: [
      source ? 'pipe' : 'ignore',
      'pipe',
      'pipe',
      ...(options.secret === undefined ? [] : ['pipe' as const]),
    ],
    ...(options.cwd && { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
  });
  const ended = ending(child, argv);
  // Told below, after the output.
  ended.catch(() => {});
  const feeding = feed(child, source, options.secret);
  try {
    const cut = yield* output(child);
    const broken = await feeding;
    if (broken) throw broken;
    await ended;
    if (cut) throw cut;
  } finally {
    child.kill('SIGKILL');
  }
}

/** Standard output; gives what cut it short, which is only the shadow of why the program ended. */
async function* output(child: ChildProcess): AsyncGenerator<Buffer, Error | undefined> {
  try {
    if (child.stdout) yield* child.stdout as AsyncIterable<Buffer>;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Sends the source; gives what the source threw. A program that reads no further says itself why. */
async function feed(
  child: ChildProcess,
  source: AsyncIterable<Uint8Array> | undefined,
  secret: string | undefined,
): Promise<Error | undefined> {
  const extra = child.stdio[3];
  if (secret !== undefined && extra instanceof Writable) {
    extra.on('error', () => {});
    extra.end(`${secret}\n`);
  }
  if (!source || !child.stdin) return undefined;
  let broken: Error | undefined;
  const watched = async function* () {
    try {
      yield* source;
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error));
      // Without its end the program would take half a stream for a whole one.
      child.kill('SIGKILL');
      throw error;
    }
  };
  await pipeline(watched, child.stdin).catch(() => {});
  return broken;
}

async function ending(child: ChildProcess, argv: readonly string[]): Promise<void> {
  let words = '';
  const stderr = child.stderr as Readable | null;
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-LAST_WORDS);
  });
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    if (code !== 0) throw programFailed(argv, words, String(code ?? signal));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw programMissing(argv[0] ?? '', error as Error);
  }
}
