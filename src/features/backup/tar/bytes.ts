/** Reads a stream in pieces of a wanted length. */
export class Bytes {
  readonly #source: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Exactly `length` bytes; fewer only where the stream ends. */
  async take(length: number): Promise<Buffer> {
    const parts = [this.#held];
    let have = this.#held.length;
    while (have < length) {
      const { done, value } = await this.#source.next();
      if (done) break;
      parts.push(value);
      have += value.length;
    }
    const all = Buffer.concat(parts);
    this.#held = all.subarray(length);
    return all.subarray(0, length);
  }

  /** `length` bytes as they come, never more in memory than one piece. Ends early where the stream does. */
  async *pieces(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0; ) {
      const piece = this.#held.length > 0 ? this.#held : await this.#next();
      if (!piece) return;
      const part = piece.subarray(0, left);
      this.#held = piece.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  async #next(): Promise<Buffer | undefined> {
    const { done, value } = await this.#source.next();
    return done ? undefined : value;
  }

  /** Lets go of the source, which may be a program that would write on. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
