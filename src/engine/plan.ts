import type { Text } from '../messages/index.ts';

export const RESOURCE_KINDS = [
  'network',
  'project',
  'profile',
  'volume',
  'image',
  'instance',
] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** One differing key, for people: `config.limits.cpu` from `1` to `2`. */
export interface Change {
  readonly key: string;
  readonly from?: string;
  readonly to?: string;
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
  readonly reason: Text;
  /** Ids of entries of this plan that must succeed first. */
  readonly needs: readonly string[];
}

/** What apply would do, as plain JSON. `plan --json`, the approval and the execution share this value. */
export type PlanEntry =
  | (Entry & {
      readonly action: 'create';
      readonly changes: readonly Change[];
      readonly body: unknown;
    })
  | (Entry & {
      readonly action: 'update';
      readonly changes: readonly Change[];
      readonly body: unknown;
    })
  /** Torn by an interrupted run: removed and made again (only objects this tool made). */
  | (Entry & {
      readonly action: 'recreate';
      readonly changes: readonly Change[];
      readonly body: unknown;
    })
  | (Entry & { readonly action: 'start' })
  | (Entry & { readonly action: 'delete' })
  /** Cannot or must not be done; the reason says why. The rest is applied on request. */
  | (Entry & { readonly action: 'refuse'; readonly code: string; readonly remedy?: Text });

export type Action = PlanEntry['action'];

export interface Plan {
  readonly projectName: string;
  readonly entries: readonly PlanEntry[];
  /** Resources looked at and found as wanted. */
  readonly unchanged: number;
  /** Objects of ours that the tree no longer names: removed only when asked. */
  readonly orphans: readonly {
    readonly id: string;
    readonly kind: ResourceKind;
    readonly protected: boolean;
  }[];
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
  readonly outcomes: readonly Outcome[];
}
