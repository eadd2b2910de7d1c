import type { StorageVolume, WireConfig } from './api/wire.ts';
import { at } from './exchange.ts';
import type { CallOptions, ProjectOptions, ProjectWriteOptions, Read } from './options.ts';
import type { Transport } from './transport.ts';
import { doing } from './words.ts';

export interface VolumePost {
  readonly name: string;
  readonly config: WireConfig;
  readonly content_type?: 'filesystem' | 'block' | 'iso';
  readonly description?: string;
}

/** What PUT replaces. */
export interface VolumePut {
  readonly description: string;
  readonly config: WireConfig;
}

/** Custom volumes: those that outlive an instance. */
export class Volumes {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The custom volumes of a pool, of all projects. */
  async list(pool: string, options: CallOptions = {}): Promise<StorageVolume[]> {
    const volumes = await this.#transport.list<StorageVolume>({
      ...options,
      method: 'GET',
      path: at`/1.0/storage-pools/${pool}/volumes/custom`,
      query: { recursion: 1, 'all-projects': true },
      doing: doing('list', 'volumes', pool),
    });
    return volumes.map((volume) => ({ ...volume, pool }));
  }

  get(
    pool: string,
    name: string,
    { project, ...options }: ProjectOptions = {},
  ): Promise<Read<StorageVolume>> {
    return this.#transport.value<StorageVolume>({
      ...options,
      method: 'GET',
      path: at`/1.0/storage-pools/${pool}/volumes/custom/${name}`,
      query: { project },
      doing: doing('read', 'volume', name),
    });
  }

  /** Bytes that it holds; undefined where the storage driver does not count. */
  async usage(
    pool: string,
    name: string,
    { project, ...options }: ProjectOptions = {},
  ): Promise<number | undefined> {
    const { value } = await this.#transport.value<{
      readonly usage?: { readonly used?: number } | null;
    }>({
      ...options,
      method: 'GET',
      path: at`/1.0/storage-pools/${pool}/volumes/custom/${name}/state`,
      query: { project },
      doing: doing('read', 'volume', name),
    });
    return value.usage?.used;
  }

  async create(
    pool: string,
    post: VolumePost,
    { project, ...options }: ProjectOptions = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'POST',
      path: at`/1.0/storage-pools/${pool}/volumes/custom`,
      query: { project },
      body: post,
      doing: doing('create', 'volume', post.name),
    });
  }

  /** Replaces config and description. */
  async update(
    pool: string,
    name: string,
    put: VolumePut,
    { project, ...options }: ProjectWriteOptions = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'PUT',
      path: at`/1.0/storage-pools/${pool}/volumes/custom/${name}`,
      query: { project },
      body: put,
      doing: doing('change', 'volume', name),
    });
  }

  /** Only when no instance that runs uses it. */
  async rename(
    pool: string,
    name: string,
    newName: string,
    { project, ...options }: ProjectOptions = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'POST',
      path: at`/1.0/storage-pools/${pool}/volumes/custom/${name}`,
      query: { project },
      body: { name: newName },
      doing: doing('rename', 'volume', name),
    });
  }

  /** Into another project of the same pool, under another name. Only when nothing uses it. */
  async move(
    pool: string,
    name: string,
    to: { readonly project: string; readonly name: string },
    { project, ...options }: ProjectOptions = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'POST',
      path: at`/1.0/storage-pools/${pool}/volumes/custom/${name}`,
      query: { project },
      body: { name: to.name, pool, project: to.project },
      doing: doing('move', 'volume', name),
    });
  }

  async delete(
    pool: string,
    name: string,
    { project, ...options }: ProjectOptions = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'DELETE',
      path: at`/1.0/storage-pools/${pool}/volumes/custom/${name}`,
      query: { project },
      doing: doing('delete', 'volume', name),
    });
  }
}
