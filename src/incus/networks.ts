import type { Lease, Network, NetworkPost, WireConfig } from './api/wire.ts';
import { at } from './exchange.ts';
import type { CallOptions, Read, WriteOptions } from './options.ts';
import type { Transport } from './transport.ts';
import { doing } from './words.ts';

/** What PUT replaces: the whole config. */
export interface NetworkPut {
  readonly description: string;
  readonly config: WireConfig;
}

/** Bridges. They live in the default project: a project that keeps its own could only have OVN networks. */
export class Networks {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Also the host's own interfaces, with `managed: false`. About 13 ms for each network. */
  list(options: CallOptions = {}): Promise<Network[]> {
    return this.#transport.list<Network>({
      ...options,
      method: 'GET',
      path: '/1.0/networks',
      query: { recursion: 1 },
      doing: doing('list', 'networks'),
    });
  }

  get(name: string, options: CallOptions = {}): Promise<Read<Network>> {
    return this.#transport.value<Network>({
      ...options,
      method: 'GET',
      path: at`/1.0/networks/${name}`,
      doing: doing('read', 'network', name),
    });
  }

  /** With DHCP or DNS 550 ms under a lock of the daemon; without both 37 ms. */
  async create(post: NetworkPost, options: CallOptions = {}): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'POST',
      path: '/1.0/networks',
      body: post,
      doing: doing('create', 'network', post.name),
    });
  }

  /** Replaces config and description. */
  async update(name: string, put: NetworkPut, options: WriteOptions = {}): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'PUT',
      path: at`/1.0/networks/${name}`,
      body: put,
      doing: doing('change', 'network', name),
    });
  }

  /** One at a time: parallel deletes of networks fail in the daemon. */
  async delete(name: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'DELETE',
      path: at`/1.0/networks/${name}`,
      doing: doing('delete', 'network', name),
    });
  }

  /** Addresses given out or reserved on the network. */
  leases(name: string, options: CallOptions = {}): Promise<Lease[]> {
    return this.#transport.list<Lease>({
      ...options,
      method: 'GET',
      path: at`/1.0/networks/${name}/leases`,
      doing: doing('read', 'leases', name),
    });
  }
}
