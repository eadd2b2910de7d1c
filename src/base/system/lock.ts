import { createHash } from 'node:crypto';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { AnklumeError, type Emit, ExitCode, silent } from '../messages/index.ts';
import { printable } from './run.ts';
import { shownTime } from './shown-time.ts';

/** Who holds a lock, as it says so itself. */
export interface LockHolder {
  readonly pid: number;
  readonly command: string;
  /** ISO 8601. */
  readonly since: string;
}

export interface LockOptions {
  /** Words for the one who has to wait: `apply`. */
  readonly command: string;
  /** Wait for the holder to end; without it, a held lock is the error `locked`. */
  readonly wait?: boolean;
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
}

export interface Lock extends AsyncDisposable {
  release(): Promise<void>;
}

/**
 * Takes the lock called `key`, for this process alone. It is an abstract Unix socket, so the kernel
 * frees it when the process ends, however it ends, and no file can be left behind.
 */
export async function acquireLock(key: string, options: LockOptions): Promise<Lock> {
  const address = `\0anklume-lock-${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
  let told = false;
  for (;;) {
    options.signal?.throwIfAborted();
    const lock = await tryToHold(address, options.command);
    if (lock) return lock;
    const contact = await askHolder(address, options.signal);
    if (contact === undefined) continue;
    if (!options.wait) {
      contact.leave();
      throw locked(contact.holder);
    }
    if (!told) {
      told = true;
      (options.emit ?? silent)({ type: 'note', level: 'info', ...waiting(contact.holder) });
    }
    await contact.ended;
  }
}

/** The lock, or undefined when somebody else has it. */
function tryToHold(address: string, command: string): Promise<Lock | undefined> {
  const introduction: LockHolder = {
    pid: process.pid,
    command,
    since: new Date().toISOString(),
  };
  const contenders = new Set<Socket>();
  // Contenders stay connected: the end of their connection tells them that the lock is free.
  const server = createServer((contender) => {
    contender.on('error', () => contender.destroy());
    contender.unref();
    contender.write(`${JSON.stringify(introduction)}\n`);
    contenders.add(contender);
    contender.on('close', () => contenders.delete(contender));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen({ path: address }, () => {
      server.unref();
      const release = (): Promise<void> => close(server, contenders);
      resolve({ release, [Symbol.asyncDispose]: release });
    });
  });
}

function close(server: Server, contenders: Iterable<{ destroy(): void }>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const contender of contenders) contender.destroy();
  });
}

interface Contact {
  readonly holder: LockHolder | undefined;
  /** Settles when the holder lets go or ends. */
  readonly ended: Promise<void>;
  leave(): void;
}

/** Connects to the holder and hears who it is; undefined when it has just gone. */
function askHolder(address: string, signal?: AbortSignal): Promise<Contact | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path: address, ...(signal && { signal }) });
    let untrustedText = '';
    const ended = new Promise<void>((done) => socket.once('close', () => done()));
    const answer = (): void =>
      resolve({ holder: parseHolder(untrustedText), ended, leave: () => socket.destroy() });
    // A holder that is stopped or frozen does not introduce itself; it holds the lock all the same.
    socket.setTimeout(2000, answer);
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      if (untrustedText.length < 4096) untrustedText += text;
      if (untrustedText.includes('\n')) {
        socket.setTimeout(0);
        answer();
      }
    });
    socket.on('error', (error) => (signal?.aborted ? reject(error) : resolve(undefined)));
    socket.on('close', () => resolve(undefined));
  });
}

function parseHolder(untrustedText: string): LockHolder | undefined {
  try {
    const said: unknown = JSON.parse(untrustedText);
    if (typeof said !== 'object' || said === null) return undefined;
    const { pid, command, since } = said as Record<string, unknown>;
    if (typeof pid !== 'number' || typeof command !== 'string' || typeof since !== 'string')
      return undefined;
    return { pid, command: printable(command).slice(0, 80), since: printable(since).slice(0, 40) };
  } catch {
    return undefined;
  }
}

function waiting(holder: LockHolder | undefined): {
  code: string;
  text: { en: string; fr: string };
} {
  const who = words(holder);
  return {
    code: 'lock-wait',
    text: {
      en: `Waiting for ${who.en} to finish.`,
      fr: `Attente de la fin de ${who.fr}.`,
    },
  };
}

function locked(holder: LockHolder | undefined): AnklumeError {
  const who = words(holder);
  return new AnklumeError({
    code: 'locked',
    exit: ExitCode.failed,
    message: {
      en: `Another run is at work here: ${who.en}.`,
      fr: `Une autre exécution est en cours ici : ${who.fr}.`,
    },
    remedy: {
      en: 'Wait until it has finished, then run the command again.',
      fr: "Attendez qu'elle se termine, puis relancez la commande.",
    },
  });
}

function words(holder: LockHolder | undefined): { en: string; fr: string } {
  if (!holder) return { en: 'another process', fr: 'un autre processus' };
  const since = shownTime(holder.since);
  return {
    en: `'${holder.command}' (process ${holder.pid}, since ${since})`,
    fr: `« ${holder.command} » (processus ${holder.pid}, depuis ${since})`,
  };
}
