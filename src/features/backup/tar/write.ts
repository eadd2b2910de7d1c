import { AnklumeError } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';

const BLOCK = 512;

/** One entry to write. */
export interface Entry {
  /** Relative, with `/`. */
  readonly path: string;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly content:
    | { readonly kind: 'file'; readonly size: number; readonly bytes: AsyncIterable<Buffer> }
    | { readonly kind: 'folder' }
    | { readonly kind: 'link'; readonly target: string };
}

/** A tar archive of POSIX: what any tar reads. Whose the files are is not in it. */
export async function* writeTar(entries: AsyncIterable<Entry>): AsyncGenerator<Buffer> {
  for await (const entry of entries) {
    const { content } = entry;
    yield headersOf(entry);
    if (content.kind !== 'file') continue;
    let written = 0;
    for await (const piece of content.bytes) {
      written += piece.length;
      yield piece;
    }
    if (written !== content.size) throw changed(entry.path);
    yield Buffer.alloc((BLOCK - (written % BLOCK)) % BLOCK);
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** Names that a header has no room for stand in one of their own before it. */
function headersOf({ path, mode, mtimeMs, content }: Entry): Buffer {
  const target = content.kind === 'link' ? content.target : '';
  const size = content.kind === 'file' ? content.size : 0;
  const said = [
    ...(isShort(path) ? [] : [setting('path', path)]),
    ...(isShort(target) ? [] : [setting('linkpath', target)]),
    ...(size < 8 ** 11 ? [] : [setting('size', String(size))]),
  ].join('');
  const facts = { mode: mode & 0o777, mtimeMs };
  const own = header({
    ...facts,
    path: isShort(path) ? path : 'long',
    target: isShort(target) ? target : 'long',
    size: size < 8 ** 11 ? size : 0,
    type: { file: '0', folder: '5', link: '2' }[content.kind],
  });
  if (said === '') return own;
  const text = Buffer.from(said);
  const extra = header({ ...facts, path: 'settings', target: '', size: text.length, type: 'x' });
  return Buffer.concat([extra, text, Buffer.alloc((BLOCK - (text.length % BLOCK)) % BLOCK), own]);
}

function isShort(name: string): boolean {
  return Buffer.byteLength(name) <= 100;
}

/** The length counts its own digits. */
function setting(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const length = Buffer.byteLength(rest);
  const digits = String(length + String(length).length).length;
  return `${length + digits}${rest}`;
}

function header(said: {
  readonly path: string;
  readonly target: string;
  readonly mode: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly type: string;
}): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number) =>
    `${Math.max(0, Math.floor(value))
      .toString(8)
      .padStart(length - 1, '0')}\0`;
  block.write(said.path, 0);
  block.write(octal(said.mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(said.size, 12), 124);
  block.write(octal(said.mtimeMs / 1000, 12), 136);
  block.write('        ', 148);
  block.write(said.type, 156);
  block.write(said.target, 157);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function changed(path: string): AnklumeError {
  const shown = printable(path);
  return new AnklumeError({
    code: 'file-changed',
    message: {
      en: `${shown} became shorter while it was read. Nothing of this backup was kept.`,
      fr: `${shown} a raccourci pendant sa lecture. Rien de cette sauvegarde n'a été gardé.`,
    },
    remedy: { en: 'Run it again.', fr: 'Relancez la commande.' },
  });
}
