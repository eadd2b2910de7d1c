import { IncusError, isKind } from '../errors.ts';
import { at } from '../exchange.ts';
import { isLostSight } from '../kinds.ts';
import type { ProjectOptions } from '../options.ts';
import type { Transport } from '../transport.ts';
import type { Socket } from '../websocket.ts';
import { doing } from '../words.ts';
import { held } from './held.ts';
import { openSession, type Session } from './session.ts';

export interface CommandOptions extends ProjectOptions {
  /** Added to the instance's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Numeric user id; default 0. */
  readonly user?: number;
  /** Numeric group id; default 0. */
  readonly group?: number;
  readonly cwd?: string;
  /** When it is aborted the command gets SIGINT and may end in its own way; `signal` kills it. */
  readonly interrupt?: AbortSignal;
}

export interface ExecOptions extends CommandOptions {
  /** Bytes for standard input, which then ends; without it, it is empty. */
  readonly stdin?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Gets standard output as it comes; it is then not collected. A returned promise holds the command back. */
  readonly onStdout?: (chunk: Buffer) => void | Promise<void>;
  /** The same for standard error. */
  readonly onStderr?: (chunk: Buffer) => void | Promise<void>;
  /** Longest collected output in bytes, each of the two; default 64 MiB. Beyond it the command is ended. */
  readonly longestOutput?: number;
  /**
   * Runs it again where the daemon lost sight of it. It is started by the machine's sh for that, which starts nothing
   * while nobody is at its standard input. Not with a stream as standard input.
   */
  readonly retried?: boolean;
  /**
   * All output arrives for certain, which Incus 6.0.4 does not promise of a command that ends at once; see `held.ts`. The
   * instance needs a `sh`, and what `signal` kills is the shell around the command. Takes no `interrupt`.
   */
  readonly whole?: boolean;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const frameLength = 128 * 1024;

/** Bytes. */
const LONGEST = 64 * 1024 * 1024;

/** Times that a daemon may lose sight of the same command: with one in four lost, fifty never happen. */
const MOST_TRIES = 50;

/** What starts a command that is retried: a lost one has no standard input and does nothing. */
const GO = ['sh', '-c', 'read -r go || exit 0; exec "$@"', 'sh'];

/** Runs a command in an instance to its end. A status other than 0 is a result, not an error. */
export async function runCommand(
  transport: Transport,
  name: string,
  command: readonly string[],
  options: ExecOptions,
): Promise<ExecResult> {
  const runIt = options.whole ? runHeld : runOnce;
  if (!options.retried) return runIt(transport, name, command, options);
  const stdin = goAhead(options.stdin);
  for (let left = MOST_TRIES; ; left--)
    try {
      return await runIt(transport, name, [...GO, ...command], { ...options, stdin });
    } catch (error) {
      if (left === 1 || !isKind(error, 'failed', 'invalid')) throw error;
      if (!isLostSight(error.untrustedWords)) throw error;
    }
}

/** A first line, then what was given. */
function goAhead(stdin: ExecOptions['stdin']): Buffer {
  if (stdin === undefined || typeof stdin === 'string') return Buffer.from(`\n${stdin ?? ''}`);
  if (stdin instanceof Uint8Array) return Buffer.concat([Buffer.from('\n'), stdin]);
  throw new TypeError('a stream cannot be sent twice');
}

/** A command whose last words are waited for. */
async function runHeld(
  transport: Transport,
  name: string,
  command: readonly string[],
  options: ExecOptions,
): Promise<ExecResult> {
  const tooMuch = new AbortController();
  const limit = options.longestOutput ?? LONGEST;
  const [out, err] = [collector(limit, tooMuch), collector(limit, tooMuch)];
  const wrapped = held(command, options.onStdout ?? out.add, options.onStderr ?? err.add);
  const { arrived, stdout, stderr } = wrapped;
  const { code } = await runOnce(transport, name, wrapped.command, {
    ...options,
    signal: AbortSignal.any([tooMuch.signal, ...(options.signal ? [options.signal] : [])]),
    interrupt: arrived,
    onStdout: (chunk) => stdout.add(chunk),
    onStderr: (chunk) => stderr.add(chunk),
  });
  await Promise.all([stdout.flush(), stderr.flush()]);
  // What holds the streams ended by itself, and its mark was never seen: never a success.
  if (stdout.status === undefined && code === 0) throw outputLost();
  return { code: stdout.status ?? code, stdout: out.text(), stderr: err.text() };
}

async function runOnce(
  transport: Transport,
  name: string,
  command: readonly string[],
  options: ExecOptions,
): Promise<ExecResult> {
  const tooMuch = new AbortController();
  const limit = options.longestOutput ?? LONGEST;
  const stdout = collector(limit, tooMuch);
  const stderr = collector(limit, tooMuch);
  const signals = [tooMuch.signal, ...(options.signal ? [options.signal] : [])];
  const call = execCall(name, command, options, { interactive: false });
  const session = await openSession(
    transport,
    { ...call, signal: AbortSignal.any(signals) },
    {
      '1': { onData: options.onStdout ?? stdout.add },
      '2': { onData: options.onStderr ?? stderr.add },
    },
  );
  passInterrupt(session, options.interrupt);
  const feeding = feed(session.sockets['0'], options.stdin);
  const code = await session.exit;
  await feeding;
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

const SIGINT = 2;

/** Tells the command of an interrupt, once; also of one that came before it had begun. */
export function passInterrupt(session: Session, interrupt: AbortSignal | undefined): void {
  const tell = () => void session.signal(SIGINT);
  if (interrupt?.aborted) tell();
  interrupt?.addEventListener('abort', tell, { once: true });
  const stop = () => interrupt?.removeEventListener('abort', tell);
  session.exit.then(stop, stop);
}

/** The request that starts a command, waiting for its streams to be connected. */
export function execCall(
  name: string,
  command: readonly string[],
  { project, signal, env, user, group, cwd }: CommandOptions,
  terminal: { readonly interactive: boolean; readonly width?: number; readonly height?: number },
) {
  return {
    method: 'POST',
    path: at`/1.0/instances/${name}/exec`,
    query: { project },
    body: {
      command,
      'wait-for-websocket': true,
      environment: env ?? {},
      user: user ?? 0,
      group: group ?? 0,
      cwd: cwd ?? '',
      ...terminal,
    },
    doing: doing('run a command in', 'instance', name),
    ...(signal && { signal }),
  } as const;
}

function collector(limit: number, tooMuch: AbortController) {
  const chunks: Buffer[] = [];
  let length = 0;
  return {
    add: (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) tooMuch.abort(tooLong(limit));
      else chunks.push(chunk);
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
}

function tooLong(limit: number): IncusError {
  return new IncusError({
    status: 0,
    kind: 'failed',
    code: 'incus-output-too-long',
    message: {
      en: `The command was ended: it wrote more than ${limit} bytes.`,
      fr: `La commande a été arrêtée : elle a écrit plus de ${limit} octets.`,
    },
  });
}

function outputLost(): IncusError {
  return new IncusError({
    status: 0,
    kind: 'failed',
    code: 'incus-output-lost',
    message: {
      en: 'The daemon lost the output of the command.',
      fr: 'Le démon a perdu la sortie de la commande.',
    },
  });
}

/** Sends standard input and its end. A command that ends without reading it all is no error. */
async function feed(socket: Socket | undefined, stdin: ExecOptions['stdin']): Promise<void> {
  if (!socket) return;
  for await (const chunk of chunksOf(stdin)) if (!(await socket.send(chunk))) return;
  socket.close();
}

/** Always bytes, as a text frame would mean the end, and in frames that no peer finds too long. */
function chunksOf(stdin: ExecOptions['stdin']): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (stdin === undefined) return [];
  if (typeof stdin !== 'string' && !(stdin instanceof Uint8Array)) return stdin;
  return slices(typeof stdin === 'string' ? Buffer.from(stdin) : stdin);
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += frameLength)
    yield bytes.subarray(start, start + frameLength);
}
