import type { Duplex } from 'node:stream';

/** Longest packet in bytes that is believed: the server's own limit. */
const LONGEST = 256 * 1024;

/** Sends and gets packets, each with its length in front. The other end is not trusted. */
export class Packets {
  readonly #stream: Duplex;
  readonly #onPacket: (packet: Buffer) => void;
  #held: Buffer[] = [];
  #length = 0;

  constructor(
    stream: Duplex,
    head: Buffer,
    onPacket: (packet: Buffer) => void,
    onEnd: (error?: Error) => void,
  ) {
    this.#stream = stream;
    this.#onPacket = onPacket;
    const take = (chunk: Buffer) => {
      try {
        this.#take(chunk);
      } catch (error) {
        stream.destroy();
        onEnd(error instanceof Error ? error : new Error(String(error)));
      }
    };
    stream.on('data', take);
    stream.on('error', onEnd);
    stream.on('close', () => onEnd());
    if (head.length > 0) take(head);
  }

  send(parts: readonly Buffer[]): void {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(parts.reduce((total, part) => total + part.length, 0));
    this.#stream.cork();
    this.#stream.write(length);
    for (const part of parts) this.#stream.write(part);
    process.nextTick(() => this.#stream.uncork());
  }

  /** Resolves when what was sent is on its way: the sender does not pile it up in memory. */
  async room(): Promise<void> {
    if (!this.#stream.writableNeedDrain || this.#stream.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#stream.off('drain', done);
        this.#stream.off('close', done);
        resolve();
      };
      this.#stream.once('drain', done);
      this.#stream.once('close', done);
    });
  }

  close(): void {
    this.#stream.destroy();
  }

  #take(chunk: Buffer): void {
    this.#held.push(chunk);
    this.#length += chunk.length;
    while (this.#length >= 4) {
      if ((this.#held[0]?.length ?? 0) < 4) this.#join();
      const wanted = 4 + (this.#held[0]?.readUInt32BE(0) ?? 0);
      if (wanted < 5 || wanted > LONGEST) throw new RangeError('no packet has this length');
      if (this.#length < wanted) return;
      if ((this.#held[0]?.length ?? 0) < wanted) this.#join();
      const [all = Buffer.alloc(0), ...rest] = this.#held;
      const left = all.subarray(wanted);
      this.#held = left.length > 0 ? [left, ...rest] : rest;
      this.#length -= wanted;
      this.#onPacket(all.subarray(4, wanted));
    }
  }

  #join(): void {
    this.#held = [Buffer.concat(this.#held)];
  }
}
