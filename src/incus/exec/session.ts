import type { Operation } from '../api/wire.ts';
import { badAnswer, isKind } from '../errors.ts';
import type { Call } from '../exchange.ts';
import type { Transport } from '../transport.ts';
import { openSocket, type Socket, type SocketListener } from '../websocket.ts';

/** A command under way in an instance. */
export interface Session {
  /** The exit status: 128 + N for a command ended by signal N, 127 for one that does not exist. */
  readonly exit: Promise<number>;
  /** Sends a signal by number. */
  signal(number: number): Promise<void>;
  /** Tells the command's terminal its new size. */
  resize(columns: number, rows: number): Promise<void>;
  readonly sockets: Readonly<Record<string, Socket>>;
}

/** Milliseconds that output may still take to arrive after the command has ended. */
const drainLimit = 10_000;

const SIGKILL = 9;

/**
 * Starts the operation of `call` and connects all of its streams at once, as the daemon gives up on them after 5 s.
 * Aborting kills the command and throws the signal's reason.
 */
export async function openSession(
  transport: Transport,
  call: Call,
  listeners: Readonly<Record<string, SocketListener>>,
): Promise<Session> {
  const { path, operation } = await transport.begin(call);
  const ended = transport.wait(path, call);
  ended.catch(() => {});
  const open = await connectAll(transport, call, path, operation, listeners);
  const control = open.sockets.control;
  const command = async (message: object) => {
    await control?.send(JSON.stringify(message));
  };
  const kill = () => {
    void command({ command: 'signal', signal: SIGKILL }).then(() => control?.close());
  };
  call.signal?.addEventListener('abort', kill, { once: true });
  return {
    exit: exitOf(ended, open).finally(() => call.signal?.removeEventListener('abort', kill)),
    signal: (number) => command({ command: 'signal', signal: number }),
    resize: (columns, rows) =>
      command({
        command: 'window-resize',
        args: { width: String(columns), height: String(rows) },
      }),
    sockets: open.sockets,
  };
}

interface OpenSockets {
  readonly sockets: Readonly<Record<string, Socket>>;
  /** Every stream that gives output has ended. */
  readonly drained: Promise<unknown>;
}

async function connectAll(
  transport: Transport,
  call: Call,
  path: string,
  operation: Operation,
  listeners: Readonly<Record<string, SocketListener>>,
): Promise<OpenSockets> {
  const url = new URL(path, 'http://incus');
  const sockets: Record<string, Socket> = {};
  const ends: Promise<void>[] = [];
  const connect = async (fd: string, secret: string) => {
    const { listener, end } = withEnd(listeners[fd] ?? {});
    if (listeners[fd]?.onData) ends.push(end);
    url.searchParams.set('secret', secret);
    const socketPath = `${url.pathname}/websocket${url.search}`;
    try {
      sockets[fd] = await openSocket(transport.endpoint, socketPath, listener, call.doing);
    } catch (error) {
      // A fast command can end before its control stream is attached.
      if (fd !== 'control') throw error;
    }
  };
  try {
    await Promise.all(Object.entries(secretsOf(operation, call)).map(([fd, s]) => connect(fd, s)));
  } catch (error) {
    for (const socket of Object.values(sockets)) socket.terminate();
    throw error;
  }
  return { sockets, drained: Promise.all(ends) };
}

/** The listener, and a promise of the end of its stream: the empty text frame or the end of the connection. */
function withEnd(listener: SocketListener): { listener: SocketListener; end: Promise<void> } {
  let ended = () => {};
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const onText = (text: string, close: () => void) => {
    listener.onText?.(text, close);
    if (text === '') ended();
  };
  const onEnd = () => {
    listener.onEnd?.();
    ended();
  };
  return { listener: { ...listener, onText, onEnd }, end };
}

function secretsOf(operation: Operation, call: Call): Record<string, string> {
  const fds: unknown = operation?.metadata?.fds;
  if (typeof fds === 'object' && fds !== null && Object.values(fds).every(isString))
    return fds as Record<string, string>;
  throw badAnswer(call.doing, 202, true, {
    en: 'it names no streams',
    fr: 'elle ne nomme aucun flux',
  });
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

async function exitOf(ended: Promise<Operation>, open: OpenSockets): Promise<number> {
  try {
    const operation = await ended;
    const late = AbortSignal.timeout(drainLimit);
    await Promise.race([
      open.drained,
      new Promise((resolve) => late.addEventListener('abort', resolve)),
    ]);
    const status = operation.metadata?.return;
    return typeof status === 'number' ? status : 0;
  } catch (error) {
    if (isKind(error, 'failed', 'invalid', 'not-found')) {
      if (/Command not found/i.test(error.untrustedWords)) return 127;
      if (/Command not executable/i.test(error.untrustedWords)) return 126;
    }
    throw error;
  } finally {
    for (const socket of Object.values(open.sockets)) socket.terminate();
  }
}
