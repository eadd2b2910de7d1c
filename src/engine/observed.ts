import type {
  Image,
  Instance,
  Network,
  Profile,
  Project,
  ServerInfo,
  StoragePool,
  StorageVolume,
} from '../incus/index.ts';
import type { BridgeView } from './bridges/view.ts';
import type { IdRange } from './idmap/ranges.ts';

/** With its space where root disks can be held to a part of it. */
export interface ObservedPool extends StoragePool {
  readonly space?: { readonly total: number; readonly used: number };
}

/** What the daemon really has, from one round of list calls. */
export interface Observed {
  readonly server: ServerInfo;
  readonly networks: readonly Network[];
  readonly projects: readonly Project[];
  readonly profiles: readonly Profile[];
  readonly pools: readonly ObservedPool[];
  readonly volumes: readonly StorageVolume[];
  readonly images: readonly Image[];
  /** Those whose state is known. */
  readonly instances: readonly Instance[];
  /** Listed by the daemon but not readable now (a cluster member is down): neither drift nor absence. */
  readonly unreadable: readonly { readonly name: string; readonly project: string }[];
  /** Disposable machines: no part of any plan, but in the way of what they use. */
  readonly disposables: readonly Instance[];
  /** Users of the host that containers may run as: size 0 for none; absent where the host cannot be asked. */
  readonly subIds?: IdRange;
  /** What the daemon's host has of its bridges; absent where it cannot be asked. */
  readonly bridges?: BridgeView;
  /** False where root disks cannot be held to a size: Btrfs and ZFS refuse that to a daemon inside a container. */
  readonly quotas?: boolean;
  /** GPUs of the host; absent when nothing declared asks for one. */
  readonly gpus?: number;
  /** Bytes that volumes and root disks hold, by the id of the volume or machine: of those that are to become smaller. */
  readonly usage?: Readonly<Record<string, number>>;
}

export function findProfile(observed: Pick<Observed, 'profiles'>, project: string, name: string) {
  return observed.profiles.find((one) => one.project === project && one.name === name);
}

export function findInstance(observed: Observed, project: string, name: string) {
  return observed.instances.find((one) => one.project === project && one.name === name);
}
