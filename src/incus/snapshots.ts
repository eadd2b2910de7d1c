import type { Snapshot } from './api/wire.ts';
import { isKind, isNotFound } from './errors.ts';
import { at } from './exchange.ts';
import type { ProjectOptions } from './options.ts';
import type { Transport } from './transport.ts';
import { doing } from './words.ts';

/** Snapshots of instances. Those of one instance are made one after another: the daemon fails at two at a time. */
export class Snapshots {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async list(instance: string, { project, ...options }: ProjectOptions = {}): Promise<Snapshot[]> {
    return this.#transport.list<Snapshot>({
      ...options,
      method: 'GET',
      path: at`/1.0/instances/${instance}/snapshots`,
      query: { project, recursion: 1 },
      doing: doing('list', 'snapshots', instance),
    });
  }

  async get(
    instance: string,
    name: string,
    { project, ...options }: ProjectOptions = {},
  ): Promise<Snapshot> {
    const { value } = await this.#transport.value<Snapshot>({
      ...options,
      method: 'GET',
      path: at`/1.0/instances/${instance}/snapshots/${name}`,
      query: { project },
      doing: doing('read', 'snapshot', `${instance}/${name}`),
    });
    return value;
  }

  /**
   * Kind `already-exists` where the instance has one of that name. It does not expire, unless told otherwise: what the
   * instance says of its snapshots (`snapshots.expiry`) is meant for those that the daemon makes by itself.
   */
  async create(
    instance: string,
    name: string,
    {
      project,
      expiresAt = NEVER,
      ...options
    }: ProjectOptions & { readonly expiresAt?: string } = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'POST',
      path: at`/1.0/instances/${instance}/snapshots`,
      query: { project },
      body: { name, stateful: false, expires_at: expiresAt },
      doing: doing('create', 'snapshot', `${instance}/${name}`),
    });
  }

  /** Changes when a snapshot expires; by default, never. */
  async setExpiry(
    instance: string,
    name: string,
    {
      project,
      expiresAt = NEVER,
      ...options
    }: ProjectOptions & { readonly expiresAt?: string } = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'PATCH',
      path: at`/1.0/instances/${instance}/snapshots/${name}`,
      query: { project },
      body: { expires_at: expiresAt },
      doing: doing('change', 'snapshot', `${instance}/${name}`),
    });
  }

  /** Names of the snapshots of which a storage pool has a volume. */
  async volumes(
    instance: string,
    { type, pool, project, ...options }: ProjectOptions & SnapshotVolumes,
  ): Promise<string[]> {
    const urls = await this.#transport.list<string>({
      ...options,
      method: 'GET',
      path: at`/1.0/storage-pools/${pool}/volumes/${type}/${instance}/snapshots`,
      query: { project },
      doing: doing('list', 'snapshots', instance),
    });
    return urls.map((url) => {
      const { pathname } = new URL(url, 'http://incus');
      return decodeURIComponent(pathname.split('/').at(-1) ?? '');
    });
  }

  /** Data, config, devices and profiles go back. One that runs is stopped first and started afterwards. */
  async restore(
    instance: string,
    name: string,
    { project, ...options }: ProjectOptions = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'PUT',
      path: at`/1.0/instances/${instance}`,
      query: { project },
      body: { restore: name },
      doing: doing('restore', 'snapshot', `${instance}/${name}`),
    });
  }

  async rename(
    instance: string,
    name: string,
    newName: string,
    { project, ...options }: ProjectOptions = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'POST',
      path: at`/1.0/instances/${instance}/snapshots/${name}`,
      query: { project },
      body: { name: newName },
      doing: doing('rename', 'snapshot', `${instance}/${name}`),
    });
  }

  /** False where there was none. */
  async delete(
    instance: string,
    name: string,
    { project, ...options }: ProjectOptions = {},
  ): Promise<boolean> {
    try {
      await this.#transport.run({
        ...options,
        method: 'DELETE',
        path: at`/1.0/instances/${instance}/snapshots/${name}`,
        query: { project },
        doing: doing('delete', 'snapshot', `${instance}/${name}`),
      });
      return true;
    } catch (error) {
      if (isNotFound(error) || (isKind(error, 'failed') && /not found/i.test(error.untrustedWords)))
        return false;
      throw error;
    }
  }
}

interface SnapshotVolumes {
  readonly type: 'container' | 'virtual-machine';
  readonly pool: string;
}

/** How the daemon writes that a snapshot does not expire. */
const NEVER = '0001-01-01T00:00:00Z';
