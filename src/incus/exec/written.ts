import type { Writable } from 'node:stream';

/** Writes a chunk; the promise, where there is one, holds the sender back until the reader has caught up or has gone. */
export function written(stream: Writable, chunk: Buffer): void | Promise<void> {
  if (stream.write(chunk)) return;
  return new Promise((resolve) => {
    stream.once('drain', resolve);
    stream.once('close', resolve);
  });
}
