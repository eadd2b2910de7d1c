import type {
  Ceilings,
  Config,
  DescribedMachine,
  Devices,
  ImageSettings,
  ReadDomainFields,
  ReadGlobalFields,
  ReadMachineFields,
  StorageVolume,
} from '../infra/index.ts';

/**
 * The wanted world as the Ansible tree states it: managed sections, with the user's own lines winning.
 * This, and not infra.yml, is what apply, the isolation rules and the proof start from.
 */
export interface Desired extends ReadGlobalFields {
  readonly projectName: string;
  readonly defaultImage: string;
  /** How long removed machines and volumes can come back; absent where nothing is said of it. */
  readonly trashSeconds?: number;
  /** Absent where nothing is said of them. */
  readonly images?: ImageSettings;
  readonly domains: readonly DesiredDomain[];
  readonly policies: readonly DesiredPolicy[];
  /** Said to exist in Incus, and left alone; absent where there are none. */
  readonly described?: readonly DescribedMachine[];
}

export interface DesiredDomain extends ReadDomainFields {
  readonly name: string;
  /** infra.yml names it no more, its files are still there: what exists is kept as it is, nothing new is made. */
  readonly undeclared?: true;
  /** Incus project. */
  readonly project: string;
  readonly network: DesiredNetwork;
  /** For all its containers that say nothing else. */
  readonly ceilings?: Ceilings;
  /** Extra profiles; `default` may be among them and then adds to the one we make. */
  readonly profiles: readonly DesiredProfile[];
  readonly machines: readonly DesiredMachine[];
}

export interface DesiredNetwork {
  /** Bridge name, at most 15 characters. */
  readonly name: string;
  /** `10.100.3.0/24` */
  readonly subnet: string;
  /** `10.100.3.254` */
  readonly gateway: string;
  /** `fd12:3456:789a:3::/64` and `fd12:3456:789a:3::254`; absent: IPv6 is off in this domain. */
  readonly ipv6?: { readonly subnet: string; readonly gateway: string };
}

export interface DesiredProfile {
  readonly name: string;
  readonly config: Config;
  readonly devices: Devices;
}

export interface DesiredMachine extends ReadMachineFields {
  /** Name in infra.yml, in groups and in file names. */
  readonly name: string;
  /** Incus instance name: the same, with the nesting prefix when that is on. */
  readonly instance: string;
  readonly domain: string;
  readonly type: 'lxc' | 'vm';
  readonly ip: string;
  /** Where the domain declares IPv6. */
  readonly ip6?: string;
  readonly ephemeral: boolean;
  readonly image: string;
  readonly profiles: readonly string[];
  readonly config: Config;
  readonly devices: Devices;
  readonly volumes: readonly StorageVolume[];
  /** Dangerous settings that the machine may have all the same, each by its word; absent where there are none. */
  readonly allow?: readonly string[];
  readonly ceilings?: Ceilings;
}

export interface DesiredPolicy {
  readonly description: string;
  readonly from: string;
  readonly to: string;
  readonly ports: 'all' | readonly number[];
  /** Absent: every protocol, not only those that have ports. Then `ports` is `all`. */
  readonly protocol?: 'tcp' | 'udp';
  readonly bidirectional: boolean;
}
