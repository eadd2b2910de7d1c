import type { Text } from '../base/messages/index.ts';

export type ResourceKind = 'network' | 'project' | 'profile' | 'volume' | 'image' | 'instance';

/** One differing key, for people: `config.limits.cpu` from `1` to `2`. */
export interface Change {
  readonly key: string;
  readonly from?: string;
  readonly to?: string;
}

/**
 * What an object must hold after the entry. In a create everything is there; in an update only what differs,
 * with null for what goes away. Incus keys outside of it are left as they are.
 */
export interface Wanted {
  readonly config: Readonly<Record<string, string | null>>;
  readonly devices?: Readonly<Record<string, Readonly<Record<string, string>> | null>>;
  readonly description?: string;
  /** Instances: the profiles to attach, in order. */
  readonly profiles?: readonly string[];
  /** Instances, on creation. */
  readonly type?: 'container' | 'virtual-machine';
  /** Image reference as written: `images:debian/13`. Images, and instances on creation. */
  readonly image?: string;
  /** Instances, on creation: an image that stands in for that one, made from it and with more in it. */
  readonly fingerprint?: string;
  /** Instances: the machine is stopped and has to run afterwards. */
  readonly start?: boolean;
  /** Volumes: machines that are stopped for the change, and started after it. */
  readonly restarts?: readonly string[];
  /** Instances: the change only takes effect on the next boot, so the running machine is restarted. */
  readonly restart?: boolean;
  /** Networks that get another subnet: the machines that are stopped for it, and their new addresses. */
  readonly moves?: readonly Move[];
  /** Networks of which something is dead or missing on the host. */
  readonly repairs?: BridgeRepair;
}

/** What brings a bridge back to what Incus says it is. */
export interface BridgeRepair {
  /** Incus sets it up again: interface, addresses, DHCP and DNS, its own rules. */
  readonly setup: boolean;
  /** Where forwarding is to be turned on: for the bridge alone, or for `all` where the whole host forwards nothing. */
  readonly forward: readonly { readonly family: 'ipv4' | 'ipv6'; readonly of: string }[];
  /** Ends of NICs on the host that are to be on it, and up. */
  readonly ports: readonly string[];
}

/** A machine that goes along when its bridge gets another subnet. */
export interface Move {
  readonly project: string;
  readonly name: string;
  /** Its NICs on the bridge as they are to be; those that a profile gives it are not among them. */
  readonly devices: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Its own entry starts it: another bridge or a profile has to be changed before. */
  readonly late?: true;
}

interface Entry {
  /** Stable path: `network:net-pro`, `project:pro`, `profile:pro/default`, `volume:pro/pool/data`, `image:debian/13`, `instance:pro/pro-dev`. */
  readonly id: string;
  readonly kind: ResourceKind;
  readonly name: string;
  /** Incus project; absent for networks and images. */
  readonly project?: string;
  /** Domain of infra.yml, for colours and `--limit`. */
  readonly domain?: string;
  /** Storage pool; volumes only. */
  readonly pool?: string;
  readonly reason: Text;
  /** Ids of entries of this plan that must succeed first. */
  readonly needs: readonly string[];
}

/** What apply would do, as plain JSON. `plan --json`, the approval and the execution share this value. */
export type PlanEntry =
  | (Entry & {
      readonly action: 'create';
      readonly changes: readonly Change[];
      readonly body: Wanted;
    })
  | (Entry & {
      readonly action: 'update';
      readonly changes: readonly Change[];
      readonly body: Wanted;
    })
  /** Torn by an interrupted run: removed and made again (only objects this tool made). */
  | (Entry & {
      readonly action: 'recreate';
      readonly changes: readonly Change[];
      readonly body: Wanted;
    })
  | (Entry & { readonly action: 'start' })
  /** `unprotect`: the daemon's protection is lifted first, because somebody said so. */
  | (Entry & { readonly action: 'delete'; readonly unprotect?: true })
  /** Cannot or must not be done; the reason says why. The rest is applied on request. */
  | (Entry & { readonly action: 'refuse'; readonly code: string; readonly remedy?: Text });

export type Action = PlanEntry['action'];

/** Something worth knowing that calls for no action: an image that changed, a machine in an unknown state. */
export interface PlanNote {
  readonly id: string;
  readonly code: string;
  readonly text: Text;
  readonly remedy?: Text;
  /** The daemon differs from what is declared, and somebody has to decide: a plan with it is not without a difference. */
  readonly drift?: true;
}

/** An object of ours that the tree no longer names. */
export interface Orphan {
  readonly id: string;
  readonly kind: ResourceKind;
  readonly protected: boolean;
}

export interface Plan {
  readonly projectName: string;
  readonly entries: readonly PlanEntry[];
  /** Resources looked at and found as wanted. */
  readonly unchanged: number;
  /** Objects of ours that the tree no longer names: removed only when asked. */
  readonly orphans: readonly Orphan[];
  readonly notes: readonly PlanNote[];
  /** Ids of templates, which are stopped on purpose and stay so; absent where there are none. */
  readonly resting?: readonly string[];
}

/** How one entry ended. */
export interface Outcome {
  readonly id: string;
  readonly action: Action;
  readonly result: 'done' | 'failed' | 'skipped';
  readonly code?: string;
  readonly message?: Text;
  readonly remedy?: Text;
}

export interface ApplyReport {
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  readonly unchanged: number;
  /** Notes of the plan that somebody has to decide about; absent where there are none. */
  readonly open?: number;
  readonly outcomes: readonly Outcome[];
}
