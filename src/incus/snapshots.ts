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
   * Kind `already-exists` where the instance has one of that name. One that `stays` does not expire, whatever the
   * instance says of its snapshots.
   */
  async create(
    instance: string,
    name: string,
    { project, stays = false, ...options }: ProjectOptions & { readonly stays?: boolean } = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'POST',
      path: at`/1.0/instances/${instance}/snapshots`,
      query: { project },
      body: { name, stateful: false, ...(stays && { expires_at: NEVER }) },
      doing: doing('create', 'snapshot', `${instance}/${name}`),
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

/** How the daemon writes that a snapshot does not expire. */
const NEVER = '0001-01-01T00:00:00Z';
