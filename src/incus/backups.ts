import type { IncomingMessage } from 'node:http';
import { badAnswer, isKind, isNotFound } from './errors.ts';
import { at, type Call, cutOff, type Upload } from './exchange.ts';
import type { CallOptions } from './options.ts';
import type { Transport } from './transport.ts';
import { doing } from './words.ts';

/** What can be taken out of a daemon whole and put into another: an instance, or a custom volume. */
export type Exportable =
  | { readonly kind: 'instance'; readonly name: string; readonly project: string }
  | {
      readonly kind: 'volume';
      readonly name: string;
      readonly project: string;
      readonly pool: string;
    };

export interface BackupOptions extends CallOptions {
  /** Leaves the snapshots out. Default false. */
  readonly withoutSnapshots?: boolean;
  /** The driver's own form: smaller and faster, and only for a pool of the same driver. Default false. */
  readonly optimized?: boolean;
  /** A program of the daemon's host, such as gzip or zstd, or none. Default: the daemon's own choice, gzip. */
  readonly compression?: string;
  /** When the daemon removes the backup by itself, in case nobody comes back for it. */
  readonly expiresAt: Date;
}

export interface ImportOptions extends CallOptions {
  /** The name that it gets. */
  readonly name: string;
  readonly project: string;
  /** The pool that its data goes to; for an instance the one it was in, unless this is given. */
  readonly pool?: string;
}

/** The bytes of one backup as they come from the daemon. */
export interface BackupStream {
  /** In bytes. */
  readonly length: number;
  readonly bytes: AsyncIterable<Buffer>;
}

/** Backups as the daemon makes them: each is a file on its side until it is fetched and deleted. */
export class Backups {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Names of the backups that lie on the daemon's side. */
  async list(source: Exportable, options: CallOptions = {}): Promise<string[]> {
    const paths = await this.#transport.list<string>({
      ...options,
      method: 'GET',
      ...folder(source),
      doing: doing('list', 'backups', source.name),
    });
    return paths.map((path) => decodeURIComponent(path.split('?')[0]?.split('/').at(-1) ?? ''));
  }

  /** Makes one on the daemon's side, which needs room for it. */
  async create(source: Exportable, name: string, options: BackupOptions): Promise<void> {
    const { withoutSnapshots = false, optimized = false, compression, expiresAt } = options;
    await this.#transport.run({
      ...bounded(options),
      method: 'POST',
      ...folder(source),
      body: {
        name,
        expires_at: expiresAt.toISOString(),
        optimized_storage: optimized,
        [source.kind === 'instance' ? 'instance_only' : 'volume_only']: withoutSnapshots,
        ...(compression !== undefined && { compression_algorithm: compression }),
      },
      doing: doing('create', 'backup', source.name),
    });
  }

  /** The bytes of one that was made. They are to be read at once, to the end. */
  async fetch(source: Exportable, name: string, options: CallOptions = {}): Promise<BackupStream> {
    const place = backup(source, name);
    const call: Call = {
      ...bounded(options),
      method: 'GET',
      ...place,
      path: `${place.path}/export`,
      doing: doing('read', 'backup', source.name),
    };
    const { headers, body } = await this.#transport.raw(call);
    const length = Number(headers['content-length'] ?? Number.NaN);
    if (Number.isSafeInteger(length)) return { length, bytes: chunks(call, body) };
    body.destroy();
    throw badAnswer(call.doing, 200, false, {
      en: 'it does not say its length',
      fr: 'elle ne dit pas sa longueur',
    });
  }

  /** One that is already gone is a success. */
  async delete(source: Exportable, name: string, options: CallOptions = {}): Promise<void> {
    try {
      await this.#transport.run({
        ...bounded(options),
        method: 'DELETE',
        ...backup(source, name),
        doing: doing('delete', 'backup', source.name),
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /**
   * Makes an instance or a volume from the bytes of a backup. The daemon takes back what it began when they
   * end early. An existing name is of kind `already-exists`.
   */
  async import(
    kind: Exportable['kind'],
    upload: Upload,
    { name, project, pool, ...options }: ImportOptions,
  ): Promise<void> {
    const path =
      kind === 'instance'
        ? '/1.0/instances'
        : at`/1.0/storage-pools/${pool ?? 'default'}/volumes/custom`;
    await this.#transport.run({
      ...options,
      method: 'POST',
      path,
      query: { project },
      upload,
      headers: {
        'X-Incus-name': name,
        ...(kind === 'instance' && pool !== undefined && { 'X-Incus-pool': pool }),
      },
      doing: doing('import', kind === 'instance' ? 'instance' : 'volume', name),
    });
  }
}

function folder(source: Exportable): Pick<Call, 'path' | 'query'> {
  const { name, project } = source;
  const path =
    source.kind === 'instance'
      ? at`/1.0/instances/${name}/backups`
      : at`/1.0/storage-pools/${source.pool}/volumes/custom/${name}/backups`;
  return { path, query: { project } };
}

function backup(source: Exportable, name: string): Pick<Call, 'path' | 'query'> {
  const { path, query } = folder(source);
  return { path: `${path}${at`/${name}`}`, ...(query && { query }) };
}

function bounded({ signal }: CallOptions): Pick<Call, 'signal'> {
  return signal ? { signal } : {};
}

async function* chunks(call: Call, body: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* body as AsyncIterable<Buffer>;
  } catch (error) {
    throw isKind(error, 'unreachable') ? error : cutOff(call, error);
  }
}
