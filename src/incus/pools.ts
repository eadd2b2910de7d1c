import type { StoragePool, WireConfig } from './api/wire.ts';
import { at } from './exchange.ts';
import type { CallOptions, Read } from './options.ts';
import type { Transport } from './transport.ts';
import { doing } from './words.ts';

/** Storage pools. */
export class Pools {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  list(options: CallOptions = {}): Promise<StoragePool[]> {
    return this.#transport.list<StoragePool>({
      ...options,
      method: 'GET',
      path: '/1.0/storage-pools',
      query: { recursion: 1 },
      doing: doing('list', 'pools'),
    });
  }

  get(name: string, options: CallOptions = {}): Promise<Read<StoragePool>> {
    return this.#transport.value<StoragePool>({
      ...options,
      method: 'GET',
      path: at`/1.0/storage-pools/${name}`,
      doing: doing('read', 'pool', name),
    });
  }

  /** Bytes of a pool and what is used of them. */
  async space(
    name: string,
    options: CallOptions = {},
  ): Promise<{ readonly total: number; readonly used: number }> {
    const { value } = await this.#transport.value<{ space: { total?: number; used?: number } }>({
      ...options,
      method: 'GET',
      path: at`/1.0/storage-pools/${name}/resources`,
      doing: doing('read', 'pool', name),
    });
    return { total: value.space.total ?? 0, used: value.space.used ?? 0 };
  }

  async create(
    post: { readonly name: string; readonly driver: string; readonly config: WireConfig },
    options: CallOptions = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'POST',
      path: '/1.0/storage-pools',
      body: post,
      doing: doing('create', 'pool', post.name),
    });
  }

  async delete(name: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'DELETE',
      path: at`/1.0/storage-pools/${name}`,
      doing: doing('delete', 'pool', name),
    });
  }
}
