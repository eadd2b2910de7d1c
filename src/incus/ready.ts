import { setTimeout as pause } from 'node:timers/promises';
import { isKind } from './errors.ts';
import type { CallOptions } from './options.ts';
import type { Transport } from './transport.ts';
import { doing } from './words.ts';

export interface ReadyOptions extends CallOptions {
  /** How long to wait; default 30 s. A daemon that was killed is back about 2 s after its restart. */
  readonly seconds?: number;
}

const pauseMilliseconds = 100;

/**
 * Waits until the daemon answers and is fully up: after an unknown outcome, before looking at what is there.
 * Throws the last `unreachable` when it stays away.
 */
export async function waitUntilReady(
  transport: Transport,
  { seconds = 30, signal }: ReadyOptions = {},
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    try {
      return await askWhetherReady(transport, Math.max(1000, deadline - performance.now()), signal);
    } catch (error) {
      const starting = isKind(error, 'unreachable', 'unknown-outcome', 'failed', 'timeout');
      if (!starting || performance.now() > deadline) throw error;
      await pause(pauseMilliseconds, undefined, signal ? { signal } : {});
    }
  }
}

async function askWhetherReady(
  transport: Transport,
  patience: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const call = {
    method: 'GET',
    doing: doing('read', 'server'),
    patience,
    ...(signal && { signal }),
  } as const;
  try {
    await transport.value({ ...call, path: '/internal/ready' });
  } catch (error) {
    // Only the local administrators' socket has that address; elsewhere an answer is all there is.
    if (!isKind(error, 'not-found', 'forbidden')) throw error;
    await transport.value({ ...call, path: '/1.0' });
  }
}
