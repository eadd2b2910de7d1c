import { Bytes } from './bytes.ts';

/** One entry of a tar archive, as the archive says. */
export interface UntrustedEntry {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'hard-link' | 'other';
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  /** Where a link leads. */
  readonly target: string;
  /** The bytes of a file; what is not read is passed over. */
  readonly content: AsyncIterable<Buffer>;
}

/** The archive cannot be followed. */
export class BadArchive extends Error {}

const BLOCK = 512;
/** Bytes of a name or of a list of settings; more would only cost memory. */
const LONGEST_HEADER = 1024 * 1024;

/** The entries in their order: tar of POSIX with its long names, and GNU's. Throws `BadArchive`. */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<UntrustedEntry> {
  const bytes = new Bytes(source);
  try {
    let said: Partial<Record<'path' | 'linkpath' | 'size', string>> = {};
    for (;;) {
      const header = await bytes.take(BLOCK);
      if (header.every((byte) => byte === 0)) break;
      const type = checked(header).subarray(156, 157).toString('latin1');
      // Links, folders and devices have no bytes, whatever stands there.
      const told = said.size === undefined ? numberAt(header, 124, 12) : Number(said.size);
      const size = '123456'.includes(type) ? 0 : told;
      if (!Number.isSafeInteger(size) || size < 0) throw new BadArchive('size');
      const padding = (BLOCK - (size % BLOCK)) % BLOCK;
      if ('xgLK'.includes(type)) {
        if (size > LONGEST_HEADER) throw new BadArchive('header');
        const text = await bytes.take(size);
        await bytes.take(padding);
        if (type === 'x') said = { ...said, ...settings(text) };
        if (type === 'L') said = { ...said, path: untilNul(text) };
        if (type === 'K') said = { ...said, linkpath: untilNul(text) };
        continue;
      }
      let left = size;
      const content = (async function* () {
        for await (const piece of bytes.pieces(left)) {
          left -= piece.length;
          yield piece;
        }
        if (left > 0) throw new BadArchive('end');
      })();
      yield {
        path: said.path ?? nameIn(header),
        kind: KINDS[type] ?? 'other',
        mode: numberAt(header, 100, 8) & 0o7777,
        size,
        target: said.linkpath ?? untilNul(header.subarray(157, 257)),
        content,
      };
      for await (const piece of bytes.pieces(left)) left -= piece.length;
      if (left > 0) throw new BadArchive('end');
      await bytes.take(padding);
      said = {};
    }
    // To the end, so that whoever compares a checksum on the way gets to do it.
    for await (const _ of bytes.pieces(Number.POSITIVE_INFINITY));
  } finally {
    await bytes.close();
  }
}

const KINDS: Readonly<Record<string, UntrustedEntry['kind']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hard-link',
  '2': 'link',
  '5': 'folder',
};

/** The sum in a header is of its bytes, with its own place taken for blanks. */
function checked(header: Buffer): Buffer {
  if (header.length < BLOCK) throw new BadArchive('end');
  let sum = 0;
  for (const [at, byte] of header.entries()) sum += at >= 148 && at < 156 ? 32 : byte;
  if (sum !== numberAt(header, 148, 8)) throw new BadArchive('checksum');
  return header;
}

function nameIn(header: Buffer): string {
  const name = untilNul(header.subarray(0, 100));
  const isPosix = header.subarray(257, 263).toString('latin1') === 'ustar\0';
  const prefix = isPosix ? untilNul(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Octal digits, or with the first bit set the number itself. */
function numberAt(header: Buffer, start: number, length: number): number {
  const field = header.subarray(start, start + length);
  if (((field[0] ?? 0) & 0x80) !== 0) {
    return field.reduce((sum, byte, at) => sum * 256 + (at === 0 ? byte & 0x7f : byte), 0);
  }
  const digits = untilNul(field).trim();
  if (!/^[0-7]*$/.test(digits)) throw new BadArchive('number');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function untilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? undefined : end).toString('utf8');
}

/** Lines of `LENGTH KEY=VALUE`, the length in bytes with itself and the line break. */
function settings(text: Buffer): Partial<Record<string, string>> {
  const found: Partial<Record<string, string>> = {};
  for (let at = 0; at < text.length; ) {
    const blank = text.indexOf(32, at);
    const length = blank < 0 ? Number.NaN : Number(text.subarray(at, blank).toString('latin1'));
    if (!Number.isSafeInteger(length) || length < 5 || at + length > text.length)
      throw new BadArchive('settings');
    const line = text.subarray(blank + 1, at + length - 1).toString('utf8');
    const equals = line.indexOf('=');
    found[line.slice(0, equals)] = line.slice(equals + 1);
    at += length;
  }
  return found;
}
