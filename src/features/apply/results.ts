import type { Text } from '../../base/messages/index.ts';
import type { ApplyReport, MachineStatus, Plan, PlanEntry } from '../../engine/index.ts';
import type { NetworkStatus } from '../../isolation/index.ts';
import type { ResultsOf } from '../../kit/results.ts';
import type { NestingContext } from '../../world/infra/index.ts';
import type { Trashed } from '../generations/index.ts';
import type { WorldEvent } from '../instances/index.ts';
import type { Closed, WalledBy } from '../network/index.ts';
import type { UpReport } from './bring-up.ts';
import type { CopiesReport } from './equal-machines.ts';
import type { Flushed } from './flush.ts';
import type { Provisioning } from './provision.ts';
import type { SyncTold } from './sync-project.ts';

declare module '../../kit/results.ts' {
  interface Results {
    apply: ApplyResults;
  }
}

export type ApplyResults = ResultsOf<Contents>;

interface Contents {
  readonly apply: Applied;
  readonly config: { readonly infra: Readonly<Record<string, unknown>> };
  readonly event: WorldEvent;
  readonly flush: FlushTold;
  readonly plan: Plan & Staleness;
  readonly status: StatusSeen;
  readonly sync: SyncTold;
  readonly up: UpReport;
  readonly validated: ProjectCounts;
}

interface Applied extends ApplyReport {
  readonly rulesChanged: boolean;
  /** Present with `firewall_mode: vm`. */
  readonly firewall?: { readonly changed: boolean };
  readonly golden?: Pick<CopiesReport, 'models' | 'copies'>;
  readonly provision?: Provisioning;
  readonly closed: Closed;
  readonly walledBy: WalledBy;
  readonly seconds: number;
  readonly requests: number;
}

interface FlushTold extends ApplyReport {
  readonly projectName: string;
  readonly stays: readonly PlanEntry[];
  readonly rules: Flushed['rules'];
  readonly trash: readonly Trashed[];
  readonly seconds: number;
}

interface Staleness {
  /** Why the tree may not be what infra.yml says by now; absent when it is. */
  readonly stale?: Text;
}

interface StatusSeen extends Staleness {
  readonly machines: readonly MachineStatus[];
  readonly nesting?: NestingContext;
  readonly rules: NetworkStatus['state'] | 'unseen';
  readonly closed: NetworkStatus['closed'];
}

interface ProjectCounts {
  readonly projectName: string;
  readonly domains: number;
  readonly machines: number;
}
