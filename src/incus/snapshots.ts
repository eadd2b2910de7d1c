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

  /** Kind `already-exists` where the instance has one of that name. */
  async create(
    instance: string,
    name: string,
    { project, ...options }: ProjectOptions = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'POST',
      path: at`/1.0/instances/${instance}/snapshots`,
      query: { project },
      body: { name, stateful: false },
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
