import type { Problem } from '../../base/messages/index.ts';
import {
  type DomainFields,
  type GlobalFields,
  type ImageFields,
  type MachineFields,
  TRUST_LEVELS,
} from './keys/index.ts';

/** A string that has been checked to be what its name says. Only the parser of that kind makes one. */
type Brand<Name extends string> = string & { readonly __brand: Name };

export type DomainName = Brand<'DomainName'>;
export type MachineName = Brand<'MachineName'>;
/** Dotted quad, without a prefix length. */
export type Ipv4 = Brand<'Ipv4'>;
/** Dotted quad and prefix length: `10.100.3.0/24`. */
export type Cidr = Brand<'Cidr'>;
/** In the form of RFC 5952: `fd12:3456:789a:3::10`. */
export type Ipv6 = Brand<'Ipv6'>;
/** A network of 64 bits: `fd12:3456:789a:3::/64`. */
export type Cidr6 = Brand<'Cidr6'>;
/** What Incus and the kernel accept as a bridge: 2 to 15 characters. */
export type BridgeName = Brand<'BridgeName'>;

export { TRUST_LEVELS };
export type TrustLevel = (typeof TRUST_LEVELS)[number];

export type MachineType = 'lxc' | 'vm';

/** Incus configuration: values are strings on the wire, whatever YAML made of them. */
export type Config = Readonly<Record<string, string>>;
export type Devices = Readonly<Record<string, Config>>;

export interface Profile {
  readonly name: string;
  readonly config: Config;
  readonly devices: Devices;
}

/** One custom storage volume attached to a machine. */
export interface StorageVolume {
  readonly name: string;
  readonly pool?: string;
  /** Where the machine sees it; absent: it is made, and not attached. */
  readonly path?: string;
  readonly size?: string;
  readonly config: Config;
}

/** A machine with every default filled in and its address decided. */
export interface Machine extends MachineFields {
  readonly name: MachineName;
  readonly domain: DomainName;
  readonly type: MachineType;
  readonly ip: Ipv4;
  /** Only where the domain declares IPv6. */
  readonly ip6?: Ipv6;
  readonly ephemeral: boolean;
  readonly profiles: readonly string[];
  readonly config: Config;
  readonly devices: Devices;
  readonly storageVolumes: readonly StorageVolume[];
  /** Dangerous settings that the machine may have all the same, each by its word; absent where there are none. */
  readonly allow?: readonly string[];
  readonly ceilings?: Ceilings;
  /** The `services` of the machine, as written; the rooms that use it read it. */
  readonly services?: unknown;
  /** Role variables, as written: any YAML value. */
  readonly vars: Readonly<Record<string, unknown>>;
}

/** What keeps one container from using up the host, where infra.yml says something of it; false lifts a ceiling. */
export interface Ceilings {
  readonly processes?: number | false;
  /** A size, or a part of the host's memory. */
  readonly memory?: string | false;
  /** A size, or a part of the storage pool. */
  readonly disk?: string | false;
  readonly inotify?: number | false;
}

export interface FilePortal {
  readonly allowedPaths: readonly string[];
  readonly readOnly: boolean;
}

export interface Domain extends DomainFields {
  readonly name: DomainName;
  readonly subnetId: number;
  readonly subnet: Cidr;
  readonly gateway: Ipv4;
  /** Absent: IPv6 is off in this domain. */
  readonly ipv6?: { readonly subnet: Cidr6; readonly gateway: Ipv6 };
  /** Incus-facing names, with the nesting prefix when that is on. */
  readonly project: string;
  readonly bridge: BridgeName;
  /** For all its machines that say nothing else. */
  readonly ceilings?: Ceilings;
  readonly profiles: readonly Profile[];
  readonly machines: readonly Machine[];
  readonly filePortal?: FilePortal;
}

export interface Policy {
  readonly description: string;
  /** A domain, a machine, or `host`. */
  readonly from: string;
  readonly to: string;
  readonly ports: 'all' | readonly number[];
  /** Absent: every protocol, not only those that have ports. Then `ports` is `all`. */
  readonly protocol?: 'tcp' | 'udp';
  readonly bidirectional: boolean;
}

export interface Global extends GlobalFields {
  readonly baseSubnet: string;
  /** Present where networks lie by trust level; `baseSubnet` says nothing then. */
  readonly addressing?: { readonly baseOctet: number; readonly zoneBase: number };
  /** Three groups; present when a domain declares IPv6. */
  readonly baseSubnet6?: string;
  readonly defaultImage: string;
  readonly aiAccessDefault?: DomainName;
  /** Present when something about images is declared. */
  readonly images?: ImageSettings;
}

/** How images are had and handed on. */
export interface ImageSettings extends ImageFields {}

/** A machine that Incus holds, that infra.yml describes, and that anklume leaves alone. */
export interface DescribedMachine {
  readonly name: string;
  readonly domain: string;
  /** Incus-facing names. */
  readonly project: string;
  readonly instance: string;
  readonly type: MachineType;
  /** As written: nothing depends on it. */
  readonly ip?: string;
  readonly description: string;
}

/** The declared world, complete and read-only: nothing is left to default after this. */
export interface Infra {
  readonly projectName: string;
  readonly global: Global;
  /** Sorted by name; disabled domains are left out. */
  readonly domains: readonly Domain[];
  readonly policies: readonly Policy[];
  /** Machines of domains with `managed: false`; absent where there are none. */
  readonly described?: readonly DescribedMachine[];
  /** The `services` section, as written; the rooms that use it read it. */
  readonly services?: unknown;
}

/** Where this machine stands in a chain of nested hosts (`/etc/anklume/`). */
export interface NestingContext {
  /** Hosts above this one. Absent where no file states it: the outermost, which counts as 0. */
  readonly absoluteLevel?: number;
  readonly relativeLevel: number;
  readonly vmNested: boolean;
  readonly yolo: boolean;
}

/** What the host can share out among machines. */
export interface HostResources {
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** Where a path leads once links are followed, and whether a socket stands there or a daemon's socket in it. */
export type HostFiles = ReadonlyMap<string, { readonly real: string; readonly socket: boolean }>;

/** Everything from outside the file that resolving depends on, passed in so that resolving stays pure. */
export interface ResolveContext {
  readonly nesting: NestingContext;
  /** Absent when nobody could tell: automatic shares are then skipped with a warning. */
  readonly host?: HostResources;
  readonly strict?: boolean;
  /** What a look at this host's files says of the paths that the document names; absent for those that are not there. */
  readonly files?: HostFiles;
}

/** What loading gives: a world, or the reasons why there is none. Warnings may stand beside a world. */
export interface LoadResult {
  readonly infra?: Infra;
  readonly problems: readonly Problem[];
}
