import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { AnklumeError } from '../base/messages/index.ts';
import type { InstanceType } from './api/wire.ts';
import { isKind, isNotFound } from './errors.ts';
import { at, type Upload } from './exchange.ts';
import type { CallOptions } from './options.ts';
import type { Transport } from './transport.ts';
import { doing, quoted } from './words.ts';

export interface ImportOptions extends CallOptions {
  /** Made to name this image, also when they named another. */
  readonly aliases?: readonly string[];
  readonly properties?: Readonly<Record<string, string>>;
  /** Told while the file is uploaded; not called when the image is present already. */
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void;
}

/** Uploads one file that holds metadata and root file system; gives the fingerprint. */
export async function importUnified(
  transport: Transport,
  path: string,
  options: ImportOptions,
): Promise<string> {
  const fingerprint = await fingerprintOf([path], options.signal);
  if (await isPresent(transport, fingerprint, options)) return fingerprint;
  const length = (await stat(path)).size;
  const upload = { length, open: () => Readable.from(watched(files([path]), length, options)) };
  return send(transport, fingerprint, basename(path), upload, {}, options);
}

/** Uploads metadata and root file system that stand in two files; gives the fingerprint. */
export async function importSplit(
  transport: Transport,
  metadataPath: string,
  rootfsPath: string,
  options: ImportOptions & { readonly type?: InstanceType },
): Promise<string> {
  const paths = [metadataPath, rootfsPath];
  const fingerprint = await fingerprintOf(paths, options.signal);
  if (await isPresent(transport, fingerprint, options)) return fingerprint;
  const boundary = randomBytes(24).toString('hex');
  const rootfsPart = options.type === 'virtual-machine' ? 'rootfs.img' : 'rootfs';
  // The daemon reads the parts in this order and no other.
  const parts = [
    partHead(boundary, 'metadata', metadataPath),
    metadataPath,
    partHead(boundary, rootfsPart, rootfsPath),
    rootfsPath,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ];
  let length = 0;
  for (const part of parts)
    length += typeof part === 'string' ? (await stat(part)).size : part.length;
  const upload = { length, open: () => Readable.from(watched(joined(parts), length, options)) };
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  return send(transport, fingerprint, basename(rootfsPath), upload, headers, options);
}

function partHead(boundary: string, name: string, path: string): Buffer {
  return Buffer.from(
    `\r\n--${boundary}\r\nContent-Disposition: form-data; name="${name}"; ` +
      `filename="${encodeURIComponent(basename(path))}"\r\n` +
      `Content-Type: application/octet-stream\r\n\r\n`,
  );
}

async function* joined(parts: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const part of parts)
    if (typeof part === 'string') yield* files([part]);
    else yield part;
}

/** sha256 of the files one after the other: how Incus names an image. */
async function fingerprintOf(paths: readonly string[], signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of files(paths)) {
      signal?.throwIfAborted();
      hash.update(chunk);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable(paths, error);
  }
  return hash.digest('hex');
}

function unreadable(paths: readonly string[], error: unknown): AnklumeError {
  const names = paths.join(', ');
  const reason = quoted((error as NodeJS.ErrnoException).code ?? String(error));
  return new AnklumeError({
    code: 'image-file-unreadable',
    message: {
      en: `The image file cannot be read: ${names} (${reason}).`,
      fr: `Le fichier de l'image est illisible : ${names} (${reason}).`,
    },
    cause: error,
  });
}

async function* files(paths: readonly string[]): AsyncGenerator<Buffer> {
  for (const path of paths) yield* createReadStream(path, { highWaterMark: 256 * 1024 });
}

async function* watched(
  chunks: AsyncIterable<Buffer>,
  total: number,
  { onProgress }: ImportOptions,
): AsyncGenerator<Buffer> {
  let sent = 0;
  for await (const chunk of chunks) {
    yield chunk;
    sent += chunk.length;
    onProgress?.(sent, total);
  }
}

async function isPresent(
  transport: Transport,
  fingerprint: string,
  { signal }: CallOptions,
): Promise<boolean> {
  try {
    await transport.value({
      method: 'GET',
      path: at`/1.0/images/${fingerprint}`,
      doing: doing('read', 'image', fingerprint),
      ...(signal && { signal }),
    });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

async function send(
  transport: Transport,
  fingerprint: string,
  filename: string,
  upload: Upload,
  headers: Readonly<Record<string, string>>,
  { properties, signal }: ImportOptions,
): Promise<string> {
  try {
    await transport.run({
      method: 'POST',
      path: '/1.0/images',
      upload,
      headers: {
        ...headers,
        'X-Incus-filename': encodeURIComponent(filename),
        ...(properties && { 'X-Incus-properties': new URLSearchParams(properties).toString() }),
      },
      doing: doing('import', 'image', filename),
      ...(signal && { signal }),
    });
  } catch (error) {
    // Somebody else imported the same file meanwhile.
    if (!isKind(error, 'already-exists')) throw error;
  }
  return fingerprint;
}
