import type { Project, WireConfig } from './api/wire.ts';
import { at } from './exchange.ts';
import type { CallOptions, Read, WriteOptions } from './options.ts';
import type { Transport } from './transport.ts';
import { doing } from './words.ts';

/** What PUT replaces. PATCH is not offered: the daemon's replaces the config instead of merging it. */
export interface ProjectPut {
  readonly description: string;
  readonly config: WireConfig;
}

/** Projects: one for each domain. */
export class Projects {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  list(options: CallOptions = {}): Promise<Project[]> {
    return this.#transport.list<Project>({
      ...options,
      method: 'GET',
      path: '/1.0/projects',
      query: { recursion: 1 },
      doing: doing('list', 'projects'),
    });
  }

  get(name: string, options: CallOptions = {}): Promise<Read<Project>> {
    return this.#transport.value<Project>({
      ...options,
      method: 'GET',
      path: at`/1.0/projects/${name}`,
      doing: doing('read', 'project', name),
    });
  }

  async create(
    post: { readonly name: string; readonly description?: string; readonly config: WireConfig },
    options: CallOptions = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'POST',
      path: '/1.0/projects',
      body: post,
      doing: doing('create', 'project', post.name),
    });
  }

  /** Replaces config and description: send every key, `features.*` too. */
  async update(name: string, put: ProjectPut, options: WriteOptions = {}): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'PUT',
      path: at`/1.0/projects/${name}`,
      body: put,
      doing: doing('change', 'project', name),
    });
  }

  /** Only an empty project can go. */
  async delete(name: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'DELETE',
      path: at`/1.0/projects/${name}`,
      doing: doing('delete', 'project', name),
    });
  }
}
