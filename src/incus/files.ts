import { printable } from '../base/system/index.ts';
import { IncusError, isNotFound } from './errors.ts';
import { at, type Call, cutOff, type Upload } from './exchange.ts';
import type { ProjectOptions } from './options.ts';
import type { Transport } from './transport.ts';
import { doing } from './words.ts';

/** Owner and rights that a new file or folder gets. */
export interface FileOptions extends ProjectOptions {
  /** Such as 0o644. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

export interface ReadFileOptions extends ProjectOptions {
  /** Bytes beyond which reading stops with an error: whoever rules the instance may give a file without end. */
  readonly longest?: number;
}

/** The bytes of a file in an instance, running or not. */
export async function readFile(
  transport: Transport,
  name: string,
  path: string,
  { longest = Number.POSITIVE_INFINITY, ...options }: ReadFileOptions,
): Promise<Buffer> {
  const call = fileCall('GET', name, path, options);
  const { body } = await transport.raw(call);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > longest) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw cutOff({ ...call, ...(options.signal && { signal: options.signal }) }, error);
  }
  if (length > longest) throw tooLong(`${name}:${path}`, longest);
  return Buffer.concat(chunks);
}

/** The bytes of a file as they come; for one that is large, faster than through the connection for many files. */
export async function* streamFile(
  transport: Transport,
  name: string,
  path: string,
  options: ProjectOptions,
): AsyncGenerator<Buffer> {
  const call = fileCall('GET', name, path, options);
  const { body, headers } = await transport.raw(call);
  try {
    if (headers['x-incus-type'] !== 'file') throw noFile(`${name}:${path}`);
    yield* body as AsyncIterable<Buffer>;
  } catch (error) {
    throw cutOff(call, error);
  } finally {
    body.destroy();
  }
}

function noFile(file: string): IncusError {
  const shown = printable(file);
  return new IncusError({
    status: 0,
    kind: 'invalid',
    code: 'incus-no-file',
    message: { en: `${shown} is not a file.`, fr: `${shown} n'est pas un fichier.` },
  });
}

function tooLong(file: string, longest: number): IncusError {
  const shown = printable(file);
  return new IncusError({
    status: 0,
    kind: 'invalid',
    code: 'incus-file-too-long',
    message: {
      en: `${shown} is longer than ${longest} bytes.`,
      fr: `${shown} dépasse ${longest} octets.`,
    },
  });
}

/** Names in a folder of an instance. */
export async function listFolder(
  transport: Transport,
  name: string,
  path: string,
  options: ProjectOptions,
): Promise<string[]> {
  return transport.list<string>(fileCall('GET', name, path, options));
}

/**
 * Writes a file. The daemon keeps owner and rights of a file that it overwrites;
 * so with any of them given, the old file is deleted first.
 */
export async function writeFile(
  transport: Transport,
  name: string,
  path: string,
  content: string | Uint8Array | Upload,
  options: FileOptions,
): Promise<void> {
  if (options.mode !== undefined || options.uid !== undefined || options.gid !== undefined)
    await deleteFile(transport, name, path, options);
  const upload = typeof content === 'string' ? Buffer.from(content) : content;
  await transport.run({
    ...fileCall('POST', name, path, options),
    upload,
    headers: { ...ownership(options), 'X-Incus-type': 'file', 'X-Incus-write': 'overwrite' },
  });
}

/** Makes a folder; one that exists is left as it is, its parents must exist. */
export async function makeFolder(
  transport: Transport,
  name: string,
  path: string,
  options: FileOptions,
): Promise<void> {
  await transport.run({
    ...fileCall('POST', name, path, options),
    headers: { ...ownership(options), 'X-Incus-type': 'directory' },
  });
}

/** Deletes a file or an empty folder; one that is already gone is a success. */
export async function deleteFile(
  transport: Transport,
  name: string,
  path: string,
  options: ProjectOptions,
): Promise<void> {
  try {
    await transport.run(fileCall('DELETE', name, path, options));
  } catch (error) {
    if (!isNotFound(error) || /instance not found/i.test(error.untrustedWords)) throw error;
  }
}

const verbOf = { GET: 'read', POST: 'write', DELETE: 'delete' } as const;

function fileCall(
  method: 'GET' | 'POST' | 'DELETE',
  name: string,
  path: string,
  { project, signal }: ProjectOptions,
): Call {
  return {
    method,
    path: at`/1.0/instances/${name}/files`,
    query: { project, path },
    doing: doing(verbOf[method], 'file', `${name}:${path}`),
    ...(signal && { signal }),
  };
}

function ownership({ mode, uid, gid }: FileOptions): Record<string, string> {
  return {
    ...(mode !== undefined && { 'X-Incus-mode': `0${mode.toString(8)}` }),
    ...(uid !== undefined && { 'X-Incus-uid': String(uid) }),
    ...(gid !== undefined && { 'X-Incus-gid': String(gid) }),
  };
}
