import { setTimeout as pause } from 'node:timers/promises';
import type { DaemonEvent } from './api/wire.ts';
import { waitUntilReady } from './ready.ts';
import type { Transport } from './transport.ts';
import { openSocket, type Socket } from './websocket.ts';
import { doing } from './words.ts';

export type EventKind = 'operation' | 'lifecycle' | 'logging';

/**
 * What the stream gives. `gap`: the connection was lost and is back; what happened in between was not told
 * and nothing is replayed, so whoever keeps a picture of the world reads it afresh.
 */
export type StreamItem = { readonly type: 'gap' } | DaemonEvent;

/** Items that may wait for a slow reader before the oldest are dropped and a gap is told. */
const longestQueue = 10_000;

/** Before connecting again, so that a daemon that drops every connection is not hammered. */
const pauseMilliseconds = 100;

/** Seconds that the stream waits for a daemon that went away. */
const patienceSeconds = 60;

/**
 * The daemon's events of all projects until `signal` is aborted. Before Incus 7.4 they come in no strict order.
 * A lost connection is made again; when the daemon stays away, the stream throws.
 */
export async function* streamEvents(
  transport: Transport,
  kinds: readonly EventKind[],
  signal: AbortSignal,
): AsyncGenerator<StreamItem> {
  const what = doing('read', 'events');
  let connectedBefore = false;
  while (!signal.aborted) {
    const queue = new Queue();
    let socket: Socket;
    try {
      const query = new URLSearchParams({ type: kinds.join(','), 'all-projects': 'true' });
      const listener = {
        onText: (text: string) => queue.push(text),
        onData: (bytes: Buffer) => queue.push(bytes.toString('utf8')),
        onEnd: () => queue.end(),
      };
      socket = await openSocket(transport.endpoint, `/1.0/events?${query}`, listener, what);
    } catch (error) {
      if (signal.aborted) return;
      if (!connectedBefore) throw error;
      await waitUntilReady(transport, { seconds: patienceSeconds, signal }).catch(
        unlessAborted(signal),
      );
      continue;
    }
    const stop = () => socket.terminate();
    signal.addEventListener('abort', stop, { once: true });
    // Aborted while it was being opened: nobody will tell any more.
    if (signal.aborted) stop();
    if (connectedBefore) yield { type: 'gap' };
    connectedBefore = true;
    try {
      yield* queue.items();
    } finally {
      signal.removeEventListener('abort', stop);
      socket.terminate();
    }
    if (!signal.aborted) await pause(pauseMilliseconds);
  }
}

/** Rethrows, unless the reader asked for the end: that is no error of the stream. */
function unlessAborted(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error;
  };
}

/** Events that wait for their reader. */
class Queue {
  #items: StreamItem[] = [];
  #ended = false;
  #wake = () => {};

  push(untrustedText: string): void {
    const event = asEvent(untrustedText);
    if (!event) return;
    if (this.#items.length >= longestQueue) this.#items = [{ type: 'gap' }];
    this.#items.push(event);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *items(): AsyncGenerator<StreamItem> {
    for (;;) {
      const items = this.#items;
      this.#items = [];
      yield* items;
      if (this.#items.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** The event of a frame, or undefined for anything else. */
function asEvent(untrustedText: string): DaemonEvent | undefined {
  try {
    const body: unknown = JSON.parse(untrustedText);
    if (typeof body !== 'object' || body === null) return undefined;
    const { type, metadata } = body as Record<string, unknown>;
    const known = type === 'operation' || type === 'lifecycle' || type === 'logging';
    return known && typeof metadata === 'object' && metadata !== null
      ? (body as DaemonEvent)
      : undefined;
  } catch {
    return undefined;
  }
}
