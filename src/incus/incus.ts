import type { Resources, ServerInfo, Warning, WireConfig } from './api/wire.ts';
import { Backups } from './backups.ts';
import { type EventKind, type StreamItem, streamEvents } from './events.ts';
import { Images } from './images.ts';
import { Instances } from './instances.ts';
import { Networks } from './networks.ts';
import { Operations } from './operations.ts';
import type { CallOptions } from './options.ts';
import { Pools } from './pools.ts';
import { Profiles } from './profiles.ts';
import { Projects } from './projects.ts';
import { type ReadyOptions, waitUntilReady } from './ready.ts';
import { readResources, readServer, readWarnings, writeServer } from './server.ts';
import { Snapshots } from './snapshots.ts';
import type { Transport } from './transport.ts';
import { Volumes } from './volumes.ts';

/** One daemon. Nothing is sent before the first call. */
export class Incus {
  readonly networks: Networks;
  readonly projects: Projects;
  readonly profiles: Profiles;
  readonly pools: Pools;
  readonly volumes: Volumes;
  readonly images: Images;
  readonly instances: Instances;
  readonly snapshots: Snapshots;
  readonly backups: Backups;
  readonly operations: Operations;
  readonly #transport: Transport;
  #server: Promise<ServerInfo> | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
    this.networks = new Networks(transport);
    this.projects = new Projects(transport);
    this.profiles = new Profiles(transport);
    this.pools = new Pools(transport);
    this.volumes = new Volumes(transport);
    this.images = new Images(transport);
    this.instances = new Instances(transport);
    this.snapshots = new Snapshots(transport);
    this.backups = new Backups(transport);
    this.operations = new Operations(transport);
  }

  /** `unix:/run/incus/unix.socket` or `https://host:8443`, for messages. */
  get where(): string {
    return this.#transport.endpoint.where;
  }

  /** Number of HTTP requests sent so far. */
  get requests(): number {
    return this.#transport.requests;
  }

  /** The daemon's description; read once. */
  server(): Promise<ServerInfo> {
    this.#server ??= readServer(this.#transport).catch((error: unknown) => {
      this.#server = undefined;
      throw error;
    });
    return this.#server;
  }

  /** Sets keys of the daemon's own configuration; the others stay. */
  async patchServer(config: WireConfig): Promise<void> {
    await writeServer(this.#transport, config);
    this.#server = undefined;
  }

  /** Whether the daemon has an API extension; versions are never compared. */
  async has(extension: string): Promise<boolean> {
    return (await this.server()).api_extensions.includes(extension);
  }

  /** What the daemon found wrong about itself and its host. */
  warnings(options: CallOptions = {}): Promise<Warning[]> {
    return readWarnings(this.#transport, options);
  }

  /** Processors, memory and graphics cards of the daemon's host. */
  resources(options: CallOptions = {}): Promise<Resources> {
    return readResources(this.#transport, options);
  }

  /** The daemon's events of all projects until `signal` is aborted; survives a daemon that restarts. */
  events(kinds: readonly EventKind[], signal: AbortSignal): AsyncIterable<StreamItem> {
    return streamEvents(this.#transport, kinds, signal);
  }

  /** Waits until the daemon is fully up: after an unknown outcome, before looking at what is there. */
  ready(options: ReadyOptions = {}): Promise<void> {
    return waitUntilReady(this.#transport, options);
  }

  /** Ends the kept connections. */
  async close(): Promise<void> {
    this.#transport.endpoint.close();
  }
}
