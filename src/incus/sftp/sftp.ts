import type { Duplex } from 'node:stream';
import { printable } from '../../base/system/index.ts';
import { badAnswer, IncusError, lost } from '../errors.ts';
import { doing } from '../words.ts';
import { Packets } from './packets.ts';
import { OPEN, PACKET, Reader, type RemoteChange, type RemoteFacts, Writer } from './wire.ts';

/** One name in a folder. */
export interface RemoteEntry extends RemoteFacts {
  readonly name: string;
}

/** Bytes of one read and one write; the server gives no more at once, and takes more. */
const READ_BLOCK = 32 * 1024;
const WRITE_BLOCK = 128 * 1024;

/** Requests for one file that are on their way at once. */
const AHEAD = 32;

interface Waiting {
  resolve(packet: Buffer): void;
  reject(error: Error): void;
}

/**
 * The files of one instance. Paths and names are bytes, in strings with one character a byte. Requests may be made
 * at once and are answered as they are done. Errors of the server are `not-found`, `forbidden` or `failed`.
 */
export class Sftp implements AsyncDisposable {
  readonly #machine: string;
  readonly #packets: Packets;
  readonly #waiting = new Map<number, Waiting>();
  #ended: Error | undefined;
  #next = 1;
  #version: Waiting | undefined;

  private constructor(stream: Duplex, head: Buffer, machine: string) {
    this.#machine = machine;
    this.#packets = new Packets(
      stream,
      head,
      (packet) => this.#answer(packet),
      (error) => this.#end(error),
    );
  }

  /** Agrees on a version. */
  static async start(stream: Duplex, head: Buffer, machine: string): Promise<Sftp> {
    const sftp = new Sftp(stream, head, machine);
    const greeted = new Promise<Buffer>((resolve, reject) => {
      sftp.#version = { resolve, reject };
    });
    sftp.#packets.send([Buffer.of(PACKET.init), Buffer.of(0, 0, 0, 3)]);
    await greeted;
    return sftp;
  }

  /** Of what a path leads to, links followed. */
  async stat(path: string): Promise<RemoteFacts> {
    const packet = await this.#ask(PACKET.stat, path, new Writer().text(path), PACKET.attrs);
    return new Reader(packet, 5).facts();
  }

  /** What a folder holds. */
  async *list(path: string): AsyncGenerator<RemoteEntry> {
    const handle = await this.#handle(PACKET.opendir, path, new Writer().text(path));
    try {
      for (;;) {
        const fields = new Writer().bytes(handle);
        const packet = await this.#ask(PACKET.readdir, path, fields, PACKET.name, true);
        if (packet[0] !== PACKET.name) return;
        const reader = new Reader(packet, 5);
        for (let left = reader.u32(); left > 0; left -= 1) {
          const name = reader.text();
          reader.bytes();
          const facts = reader.facts();
          if (name !== '.' && name !== '..') yield { name, ...facts };
        }
      }
    } finally {
      await this.#close(handle, path);
    }
  }

  /** Where a link leads. */
  async readLink(path: string): Promise<string> {
    const packet = await this.#ask(PACKET.readlink, path, new Writer().text(path), PACKET.name);
    const reader = new Reader(packet, 5);
    reader.u32();
    return reader.text();
  }

  /** The bytes of a file, with many reads on their way at once. */
  async *read(path: string): AsyncGenerator<Buffer> {
    const open = new Writer().text(path).u32(OPEN.read).change({});
    const handle = await this.#handle(PACKET.open, path, open);
    const blocks: Promise<Buffer>[] = [];
    let at = 0;
    const ask = () => {
      const fields = new Writer().bytes(handle).u64(at).u32(READ_BLOCK);
      const block = this.#ask(PACKET.read, path, fields, PACKET.data, true);
      block.catch(() => {});
      blocks.push(block);
      at += READ_BLOCK;
    };
    try {
      // The first tells whether there is more: most files are small.
      ask();
      for (let expected = 0; ; ) {
        const packet = await blocks.shift();
        if (!packet || packet[0] !== PACKET.data) return;
        const bytes = new Reader(packet, 5).bytes();
        if (bytes.length === 0) return;
        yield bytes;
        expected += bytes.length;
        if (bytes.length < READ_BLOCK) {
          // Shorter than asked for, and yet perhaps not the end: go on from there.
          await Promise.allSettled(blocks.splice(0));
          at = expected;
          ask();
        } else while (blocks.length < AHEAD) ask();
      }
    } finally {
      await Promise.allSettled(blocks);
      await this.#close(handle, path);
    }
  }

  /** A new file; one of that name is an error. What it is set to holds from the moment it is whole. */
  async write(path: string, bytes: AsyncIterable<Buffer>, change: RemoteChange): Promise<void> {
    const flags = OPEN.write | OPEN.create | OPEN.exclusive;
    const open = new Writer().text(path).u32(flags).change({ mode: 0o600 });
    const handle = await this.#handle(PACKET.open, path, open);
    try {
      // The server takes no notice of the rights that a file is opened with.
      await this.#set(PACKET.fsetstat, path, handle, { mode: 0o600 });
      const sent: Promise<unknown>[] = [];
      let at = 0;
      try {
        for await (const chunk of bytes)
          for (let from = 0; from < chunk.length; from += WRITE_BLOCK) {
            const block = chunk.subarray(from, from + WRITE_BLOCK);
            const fields = new Writer().bytes(handle).u64(at).bytes(block);
            const done = this.#ask(PACKET.write, path, fields, PACKET.status);
            done.catch(() => {});
            sent.push(done);
            at += block.length;
            if (sent.length >= AHEAD) await sent.shift();
            await this.#packets.room();
          }
      } finally {
        await Promise.allSettled(sent);
      }
      await Promise.all(sent);
      await this.#set(PACKET.fsetstat, path, handle, change);
    } finally {
      await this.#close(handle, path);
    }
  }

  /** Puts a file in the place of another, at one moment. */
  async rename(from: string, to: string): Promise<void> {
    const fields = new Writer().text('posix-rename@openssh.com').text(from).text(to);
    await this.#ask(PACKET.extended, to, fields, PACKET.status);
  }

  async makeFolder(path: string, mode: number): Promise<void> {
    const fields = new Writer().text(path).change({ mode });
    await this.#ask(PACKET.mkdir, path, fields, PACKET.status);
    await this.change(path, { mode });
  }

  async makeLink(path: string, target: string): Promise<void> {
    // The server reads them in the order that OpenSSH made usual, not in that of the standard.
    await this.#ask(PACKET.symlink, path, new Writer().text(target).text(path), PACKET.status);
  }

  async change(path: string, change: RemoteChange): Promise<void> {
    await this.#set(PACKET.setstat, path, Buffer.from(path, 'latin1'), change);
  }

  async remove(path: string): Promise<void> {
    await this.#ask(PACKET.remove, path, new Writer().text(path), PACKET.status);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#packets.close();
  }

  /** One request for each kind of change: servers disagree with the standard about the order of several in one. */
  async #set(type: number, path: string, what: Uint8Array, change: RemoteChange): Promise<void> {
    const { uid, gid, mode, changed } = change;
    const each: RemoteChange[] = [
      ...(uid !== undefined && gid !== undefined ? [{ uid, gid }] : []),
      ...(mode === undefined ? [] : [{ mode }]),
      ...(changed === undefined ? [] : [{ changed }]),
    ];
    const ask = (one: RemoteChange) =>
      this.#ask(type, path, new Writer().bytes(what).change(one), PACKET.status);
    await Promise.all(each.map(ask));
  }

  async #handle(type: number, path: string, fields: Writer): Promise<Buffer> {
    return new Reader(await this.#ask(type, path, fields, PACKET.handle), 5).bytes();
  }

  async #close(handle: Buffer, path: string): Promise<void> {
    await this.#ask(PACKET.close, path, new Writer().bytes(handle), PACKET.status).catch(() => {});
  }

  /** Sends a request and gives its answer; with `endIsFine`, also the status that says there is no more. */
  async #ask(
    type: number,
    path: string,
    fields: Writer,
    wanted: number,
    endIsFine = false,
  ): Promise<Buffer> {
    if (this.#ended) throw this.#ended;
    const id = this.#next;
    this.#next = id === 0xffffffff ? 1 : id + 1;
    const head = Buffer.alloc(5);
    head[0] = type;
    head.writeUInt32BE(id, 1);
    const answer = new Promise<Buffer>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#packets.send([head, ...fields.parts()]);
    const packet = await answer;
    if (packet[0] === wanted && wanted !== PACKET.status) return packet;
    if (packet[0] !== PACKET.status) throw this.#bad();
    const reader = new Reader(packet, 5);
    const code = reader.u32();
    if (code === 0 && wanted === PACKET.status) return packet;
    if (code === END && endIsFine) return packet;
    throw this.#failed(code, path, packet.length > 9 ? reader.text() : '');
  }

  #answer(packet: Buffer): void {
    if (packet[0] === PACKET.version) {
      this.#version?.resolve(packet);
      return;
    }
    const id = new Reader(packet, 1).u32();
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.resolve(packet);
  }

  #end(cause?: Error): void {
    if (this.#ended) return;
    const why = { en: 'the connection was lost', fr: 'la connexion a été perdue' };
    this.#ended = lost(doing('read', 'file', `${this.#machine}:/`), false, why, cause);
    this.#version?.reject(this.#ended);
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }

  #bad(): IncusError {
    return badAnswer(doing('read', 'file', `${this.#machine}:/`), 200, false, {
      en: 'it does not follow the protocol',
      fr: 'elle ne suit pas le protocole',
    });
  }

  #failed(code: number, path: string, untrustedWords: string): IncusError {
    const file = `${this.#machine}:${printable(Buffer.from(path, 'latin1').toString())}`;
    const words = printable(Buffer.from(untrustedWords, 'latin1').toString()).slice(0, 300);
    return new IncusError({
      status: 0,
      kind: code === 2 ? 'not-found' : code === 3 ? 'forbidden' : 'failed',
      code: code === 2 ? 'no-such-file' : 'file-refused',
      message:
        code === 2
          ? { en: `There is no ${file}.`, fr: `${file} n'existe pas.` }
          : {
              en: `${file}: ${words || `status ${code}`}`,
              fr: `${file} : ${words || `statut ${code}`}`,
            },
      untrustedWords,
    });
  }
}

/** The status for: there is no more. */
const END = 1;
