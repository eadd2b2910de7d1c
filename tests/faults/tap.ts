import { rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uniqueName } from '../integration/support.ts';

/** So many bytes of a backup or an image, in either direction, are one event. */
const PIECE = 256 * 1024;

/** Calls when the tool does something on its way to the daemon; false stops what it was from getting there. */
export type Watch = (event: string) => boolean;

/**
 * A socket before the daemon's own. The moments of a run that matter lie between its requests, and a run has the
 * same ones on a fast machine and a slow one: a kill point by their number can be played again, one by time cannot.
 */
export class Tap implements AsyncDisposable {
  readonly socket = join(tmpdir(), `${uniqueName('anklume-tap-')}.sock`);
  watch: Watch = () => true;
  readonly #daemon: string;
  readonly #open = new Set<Socket>();
  readonly #server = createServer((tool) => this.#join(tool));

  constructor(daemon: string) {
    this.#daemon = daemon;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.socket, resolve));
    return this;
  }

  #join(tool: Socket): void {
    const daemon = connect(this.#daemon);
    for (const [from, to, arrow] of [
      [tool, daemon, 'sent'],
      [daemon, tool, 'received'],
    ] as const) {
      this.#open.add(from);
      let streamed = 0;
      from.on('data', (bytes) => {
        const request = arrow === 'sent' ? requestIn(bytes) : undefined;
        let passes = request === undefined || this.watch(request);
        streamed = request === undefined ? streamed + bytes.length : 0;
        if (streamed >= PIECE) {
          streamed = 0;
          passes = this.watch(`${arrow} a piece`);
        }
        if (passes && !to.destroyed) if (!to.write(bytes)) from.pause();
      });
      to.on('drain', () => from.resume());
      from.on('error', () => {});
      from.on('end', () => to.end());
      from.on('close', () => {
        this.#open.delete(from);
        to.destroy();
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#open) socket.destroy();
    await closed;
    await rm(this.socket, { force: true });
  }
}

/** `PUT /1.0/instances/*`, where the bytes begin a request. Names and numbers are left out, so that runs compare. */
function requestIn(bytes: Buffer): string | undefined {
  const head = bytes.subarray(0, 2048).toString('latin1');
  const [, method, path] = /^(GET|HEAD|POST|PUT|PATCH|DELETE) (\/1\.0[^? ]*)/.exec(head) ?? [];
  if (method === undefined || path === undefined) return undefined;
  const plain = path
    .replace(/^(\/1\.0\/storage-pools)\/[^/]+\/volumes\/custom(\/[^/]+)?/, '$1/*/volumes')
    .replace(/^(\/1\.0\/[a-z-]+)\/[^/]+/, '$1/*')
    .replace(/\/(snapshots|backups)\/[^/]+/, '/$1/*');
  return `${method} ${plain}`;
}
