/** One part of an answer in several parts: what its head says, and its bytes. */
export interface Part {
  /** `metadata`, `rootfs`, `rootfs.img`. */
  readonly name: string;
  /** To be read to the end before the next part is asked for. */
  readonly bytes: AsyncIterable<Buffer>;
}

/** Bytes of a part's head beyond which an answer is not what it says. */
const LONGEST_HEAD = 16 * 1024;

const HEAD_END = Buffer.from('\r\n\r\n');

/** Takes a `multipart/form-data` body apart as it comes. Throws where it ends before its last boundary. */
export async function* partsOf(
  body: AsyncIterable<Buffer>,
  contentType: string,
): AsyncGenerator<Part> {
  const [, quoted, plain] = /\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw new Error('the answer names no boundary');
  const reader = new Reader(body);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The first boundary stands at the very beginning, without the line break before it.
  reader.put(Buffer.from('\r\n'));
  for await (const _ of reader.until(delimiter));
  for (;;) {
    if ((await reader.take(2)).toString() === '--') return;
    const head = await reader.head();
    const name = /^content-disposition:.*\bname="([^"]{1,64})"/im.exec(head)?.[1] ?? '';
    yield { name, bytes: reader.until(delimiter) };
  }
}

/** What was read of a body and not yet given on. */
class Reader {
  readonly #body: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(body: AsyncIterable<Buffer>) {
    this.#body = body[Symbol.asyncIterator]();
  }

  put(bytes: Buffer): void {
    this.#rest = Buffer.concat([bytes, this.#rest]);
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#body.next();
    if (done) throw new Error('the answer ends in the middle');
    this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
  }

  async take(length: number): Promise<Buffer> {
    while (this.#rest.length < length) await this.#more();
    const bytes = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return bytes;
  }

  /** The lines of a part's head; the empty line after them is passed over. */
  async head(): Promise<string> {
    let end = this.#rest.indexOf(HEAD_END);
    for (; end < 0; end = this.#rest.indexOf(HEAD_END)) {
      if (this.#rest.length > LONGEST_HEAD) throw new Error('the head of a part is too long');
      await this.#more();
    }
    const head = this.#rest.subarray(0, end).toString('latin1');
    this.#rest = this.#rest.subarray(end + HEAD_END.length);
    return head;
  }

  /** The bytes before a mark, which is passed over. */
  async *until(mark: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#rest.indexOf(mark);
      if (at >= 0) {
        if (at > 0) yield this.#rest.subarray(0, at);
        this.#rest = this.#rest.subarray(at + mark.length);
        return;
      }
      // The end of what is there may be the beginning of the mark.
      const sure = this.#rest.length - mark.length + 1;
      if (sure > 0) {
        yield this.#rest.subarray(0, sure);
        this.#rest = this.#rest.subarray(sure);
      }
      await this.#more();
    }
  }
}
