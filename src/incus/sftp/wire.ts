import { constants } from 'node:fs';

/** Packet types of version 3 of the protocol, the one that Incus speaks. */
export const PACKET = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  stat: 17,
  readlink: 19,
  symlink: 20,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attrs: 105,
  extended: 200,
} as const;

/** How a file is opened. */
export const OPEN = { read: 1, write: 2, create: 8, exclusive: 32 } as const;

const HAS = { size: 1, owner: 2, mode: 4, times: 8, extended: 0x80000000 } as const;

/** What is known of a file. Names are bytes, held in strings with one character a byte. */
export interface RemoteFacts {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: number;
  readonly uid: number;
  readonly gid: number;
  /** Rights, with set-user-id, set-group-id and sticky: 0 to 0o7777. */
  readonly mode: number;
  /** Seconds since 1970. */
  readonly changed: number;
}

/** What can be set on a file. */
export interface RemoteChange {
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: number;
  readonly changed?: number;
}

/** Puts the fields of a packet together. */
export class Writer {
  readonly #parts: Buffer[] = [];

  u32(value: number): this {
    const part = Buffer.alloc(4);
    part.writeUInt32BE(value >>> 0);
    this.#parts.push(part);
    return this;
  }

  u64(value: number): this {
    const part = Buffer.alloc(8);
    part.writeBigUInt64BE(BigInt(value));
    this.#parts.push(part);
    return this;
  }

  text(value: string): this {
    return this.bytes(Buffer.from(value, 'latin1'));
  }

  bytes(value: Uint8Array): this {
    this.u32(value.length);
    this.#parts.push(Buffer.from(value.buffer, value.byteOffset, value.length));
    return this;
  }

  change({ uid, gid, mode, changed }: RemoteChange): this {
    const owner = uid !== undefined && gid !== undefined;
    this.u32(
      (owner ? HAS.owner : 0) |
        (mode === undefined ? 0 : HAS.mode) |
        (changed === undefined ? 0 : HAS.times),
    );
    if (owner) this.u32(uid).u32(gid);
    if (mode !== undefined) this.u32(mode);
    if (changed !== undefined) this.u32(changed).u32(changed);
    return this;
  }

  parts(): readonly Buffer[] {
    return this.#parts;
  }
}

/** Takes the fields of a packet; one that is shorter than it says throws a RangeError. */
export class Reader {
  readonly #packet: Buffer;
  #at: number;
  constructor(packet: Buffer, at = 0) {
    this.#packet = packet;
    this.#at = at;
  }

  u32(): number {
    const value = this.#packet.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  u64(): number {
    const value = this.#packet.readBigUInt64BE(this.#at);
    this.#at += 8;
    return Number(value);
  }

  bytes(): Buffer {
    const length = this.u32();
    const end = this.#at + length;
    if (end > this.#packet.length) throw new RangeError('a field is longer than its packet');
    const value = this.#packet.subarray(this.#at, end);
    this.#at = end;
    return value;
  }

  text(): string {
    return this.bytes().toString('latin1');
  }

  facts(): RemoteFacts {
    const has = this.u32();
    const size = has & HAS.size ? this.u64() : 0;
    const [uid, gid] = has & HAS.owner ? [this.u32(), this.u32()] : [0, 0];
    const mode = has & HAS.mode ? this.u32() : 0;
    const [, changed = 0] = has & HAS.times ? [this.u32(), this.u32()] : [];
    if ((has & HAS.extended) !== 0)
      for (let left = this.u32(); left > 0; left -= 1) {
        this.bytes();
        this.bytes();
      }
    return { kind: kindOf(mode), size, uid, gid, mode: mode & 0o7777, changed };
  }
}

function kindOf(mode: number): RemoteFacts['kind'] {
  switch (mode & constants.S_IFMT) {
    case constants.S_IFREG:
      return 'file';
    case constants.S_IFDIR:
      return 'folder';
    case constants.S_IFLNK:
      return 'link';
    default:
      return 'other';
  }
}
