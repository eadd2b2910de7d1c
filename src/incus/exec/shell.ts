import type { Readable, Writable } from 'node:stream';
import { at, type Call } from '../exchange.ts';
import type { ProjectOptions } from '../options.ts';
import type { Transport } from '../transport.ts';
import { doing } from '../words.ts';
import { type CommandOptions, execCall, passInterrupt } from './run.ts';
import { openSession } from './session.ts';
import { written } from './written.ts';

/** A person's terminal: this process's own, or a stand-in. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly stdout: Writable & { readonly columns?: number; readonly rows?: number };
}

export interface ShellOptions extends CommandOptions, Terminal {
  /** Called whenever something arrives for the terminal. */
  readonly onOutput?: () => void;
}

export interface ConsoleOptions extends ProjectOptions, Terminal {
  /** Takes the console over from whoever holds it. */
  readonly force?: boolean;
}

/** Ends the input of a terminal, as Ctrl-D does. */
const endOfInput = Uint8Array.of(4);

/** A command that takes no notice of the end of its input is hung up after this time. */
const hangUpMilliseconds = 2000;

const SIGHUP = 1;

/**
 * Runs a command with a terminal; the window's size follows. Gives its exit status.
 * When `stdin` ends the terminal is gone: the command is told the end of its input, then hung up.
 */
export function runShell(
  transport: Transport,
  name: string,
  command: readonly string[],
  options: ShellOptions,
): Promise<number> {
  const terminal = { interactive: true, ...sizeOf(options) };
  return attach(transport, execCall(name, command, options, terminal), options);
}

/** Connects to the instance's console until the streams end or the signal is aborted. */
export async function openConsole(
  transport: Transport,
  name: string,
  options: ConsoleOptions,
): Promise<void> {
  await attach(
    transport,
    {
      method: 'POST',
      path: at`/1.0/instances/${name}/console`,
      query: { project: options.project },
      body: { type: 'console', force: options.force ?? false, ...sizeOf(options) },
      doing: doing('read', 'console', name),
      ...(options.signal && { signal: options.signal }),
    },
    options,
  );
}

async function attach(
  transport: Transport,
  call: Call,
  terminal: Terminal & Pick<ShellOptions, 'interrupt' | 'onOutput'>,
): Promise<number> {
  const { stdin, stdout } = terminal;
  const session = await openSession(transport, call, {
    '0': {
      onData: (chunk) => {
        terminal.onOutput?.();
        return written(stdout, chunk);
      },
      // The daemon waits for us to close this stream after it has said its end; otherwise it waits for ever.
      onText: (_text, close) => close(),
    },
  });
  passInterrupt(session, terminal.interrupt);
  const socket = session.sockets['0'];
  const onInput = (chunk: Uint8Array) => void socket?.send(chunk);
  let hangUp: NodeJS.Timeout | undefined;
  const onInputEnd = () => {
    void socket?.send(endOfInput);
    hangUp = setTimeout(() => void session.signal(SIGHUP), hangUpMilliseconds);
  };
  const onResize = () => {
    const { width, height } = sizeOf(terminal);
    void session.resize(width, height);
  };
  if (stdin.isTTY) stdin.setRawMode?.(true);
  stdin.on('data', onInput);
  stdin.once('end', onInputEnd);
  stdout.on('resize', onResize);
  try {
    return await session.exit;
  } finally {
    clearTimeout(hangUp);
    stdin.off('data', onInput);
    stdin.off('end', onInputEnd);
    stdout.off('resize', onResize);
    stdin.pause();
    if (stdin.isTTY) stdin.setRawMode?.(false);
  }
}

function sizeOf({ stdout }: Terminal): { readonly width: number; readonly height: number } {
  return { width: stdout.columns ?? 80, height: stdout.rows ?? 24 };
}
