/** Wire types of the calls in use; Incus sends and wants every config and device value as a string. */
export type WireConfig = Record<string, string>;
export type WireDevices = Record<string, WireConfig>;

export interface ServerInfo {
  readonly api_extensions: readonly string[];
  readonly auth: 'trusted' | 'untrusted';
  readonly config: WireConfig;
  readonly environment: {
    readonly server: string;
    readonly server_version: string;
    readonly server_name: string;
    /** In the daemon's own process namespace. */
    readonly server_pid?: number;
    readonly server_clustered: boolean;
    readonly firewall: string;
    readonly certificate_fingerprint?: string;
    readonly driver: string;
    readonly kernel_version: string;
    /** `idmapped_mounts`: `true` where one file can be shown under several owners. */
    readonly kernel_features?: Readonly<Record<string, string>>;
    readonly storage: string;
  };
}

/** Something that the daemon found wrong, counted by its type. */
export interface Warning {
  readonly type: string;
  readonly last_message: string;
  readonly status: string;
}

export interface NetworkPost {
  readonly name: string;
  readonly type: 'bridge';
  readonly description?: string;
  readonly config: WireConfig;
}
export interface Network {
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly managed: boolean;
  readonly status: string;
  readonly config: WireConfig;
  readonly used_by: readonly string[];
}

export interface Lease {
  readonly hostname: string;
  readonly hwaddr: string;
  readonly address: string;
  /** `static` or `dynamic`. */
  readonly type: string;
  readonly project?: string;
}

export interface Project {
  readonly name: string;
  readonly description: string;
  readonly config: WireConfig;
  readonly used_by: readonly string[];
}

export interface Profile {
  readonly name: string;
  readonly project: string;
  readonly description: string;
  readonly config: WireConfig;
  readonly devices: WireDevices;
  readonly used_by: readonly string[];
}

export interface StoragePool {
  readonly name: string;
  readonly driver: string;
  readonly status: string;
  readonly config: WireConfig;
  readonly used_by: readonly string[];
}

export interface StorageVolume {
  readonly name: string;
  readonly project: string;
  readonly pool: string;
  readonly type: string;
  readonly content_type: string;
  readonly description: string;
  readonly config: WireConfig;
  readonly used_by: readonly string[];
}

export interface Image {
  readonly fingerprint: string;
  readonly type: string;
  readonly aliases: readonly { readonly name: string; readonly description: string }[];
  readonly properties: WireConfig;
  readonly project: string;
  /** Fetched by the daemon on its own, for a machine. */
  readonly cached?: boolean;
  /** Bytes of its files. */
  readonly size: number;
  readonly architecture: string;
  readonly created_at?: string;
}

export type InstanceType = 'container' | 'virtual-machine';

export interface InstancePost {
  readonly name: string;
  readonly type: InstanceType;
  readonly description?: string;
  readonly start?: boolean;
  /** Removed by the daemon when it stops. */
  readonly ephemeral?: boolean;
  readonly source: Record<string, string>;
  readonly profiles: readonly string[];
  readonly config: WireConfig;
  readonly devices: WireDevices;
}

/** What PUT replaces: everything, so it is always read, changed and sent back whole with its ETag. */
export interface InstancePut {
  readonly architecture: string;
  readonly config: WireConfig;
  readonly devices: WireDevices;
  readonly description: string;
  readonly ephemeral: boolean;
  readonly profiles: readonly string[];
  readonly stateful: boolean;
}

export interface Instance extends InstancePut {
  readonly name: string;
  readonly project: string;
  readonly type: InstanceType;
  readonly status: string;
  readonly status_code: number;
  readonly expanded_config: WireConfig;
  readonly expanded_devices: WireDevices;
  readonly created_at: string;
  /** The epoch for one that was never started. */
  readonly last_used_at?: string;
}

export interface InstanceState {
  readonly status: string;
  readonly pid: number;
  readonly processes?: number;
  /** Nanoseconds of processor time since its start. */
  readonly cpu?: { readonly usage?: number };
  /** Bytes. */
  readonly memory?: { readonly usage?: number };
  /** Bytes, by device; absent where the storage driver does not count. */
  readonly disk?: Readonly<Record<string, { readonly usage?: number }>> | null;
  readonly network: Record<
    string,
    {
      readonly addresses: readonly {
        readonly family: 'inet' | 'inet6';
        readonly address: string;
        readonly netmask: string;
        readonly scope: string;
      }[];
      readonly hwaddr: string;
      readonly host_name: string;
      readonly type: string;
      readonly counters?: { readonly bytes_received: number; readonly bytes_sent: number };
    }
  > | null;
}

/** `recursion=2`: about 20 times dearer than the plain list; only where state is needed. */
export interface InstanceFull extends Instance {
  readonly state: InstanceState | null;
  readonly snapshots: readonly Snapshot[] | null;
}

/** A snapshot of an instance, with the config it had then. */
export interface Snapshot {
  readonly name: string;
  readonly created_at: string;
  /** The year 1 for one that stays. */
  readonly expires_at?: string;
  /** Bytes; -1 where the storage driver does not count. */
  readonly size?: number;
  readonly config?: WireConfig;
  readonly devices?: WireDevices;
  readonly expanded_devices?: WireDevices;
}

export interface Resources {
  readonly cpu: { readonly total: number };
  readonly memory: { readonly total: number; readonly used: number };
  readonly gpu: { readonly total: number; readonly cards: readonly unknown[] | null };
}

export interface Operation {
  readonly id: string;
  readonly class: string;
  readonly description: string;
  readonly status: string;
  readonly status_code: number;
  readonly metadata: Record<string, unknown> | null;
  /** Paths of the objects it works on: `{ instances: ['/1.0/instances/web?project=pro'] }`. */
  readonly resources?: Readonly<Record<string, readonly string[]>> | null;
  readonly err: string;
}

/** One frame of `/1.0/events`. */
export type DaemonEvent =
  | {
      readonly type: 'operation';
      readonly timestamp: string;
      readonly project?: string;
      readonly metadata: Operation;
    }
  | {
      readonly type: 'lifecycle';
      readonly timestamp: string;
      readonly project?: string;
      readonly metadata: {
        /** `instance-started`, `network-updated`. */
        readonly action: string;
        /** `/1.0/instances/web?project=pro` */
        readonly source: string;
        readonly name?: string;
        readonly project?: string;
      };
    }
  | {
      readonly type: 'logging';
      readonly timestamp: string;
      readonly metadata: { readonly level: string; readonly message: string };
    };
