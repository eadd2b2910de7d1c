import type { ApplyOptions, ApplyReport, Make, Plan } from '../../engine/index.ts';
import type { BootMark } from '../../site/index.ts';
import type { Closed, UnwalledChoice, WalledBy } from '../network/index.ts';
import type { CopiesReport } from './equal-machines.ts';

export interface ApplyChoices
  extends Pick<ApplyOptions, 'limit' | 'prune' | 'adopt' | 'partial'>,
    UnwalledChoice {
  /** One part alone: objects of Incus, or the insides of machines. Default both. */
  readonly phase?: 'infra' | 'provision';
  /** Empty: everything. */
  readonly tags?: readonly string[];
  /** Asked before anything is deleted; throwing stops the run with nothing changed. */
  readonly confirm?: (plan: Plan) => Promise<void>;
  /** What is protected and no longer declared stays without stopping the rest. */
  readonly sparesProtected?: boolean;
  /** `OLD=NEW`: machines that go on under another name. */
  readonly rename?: readonly string[];
  /** Nothing is made while it is not known whether something new is one of before under another name. */
  readonly asksFirst?: boolean;
  /** What is new is new, whatever stands beside it. */
  readonly noRename?: boolean;
  /** Neither safety snapshots nor a trash: what is removed is gone. */
  readonly skipSnapshot?: boolean;
  /** Every machine is provisioned by itself; no image of one is kept, none is used. */
  readonly noCache?: boolean;
  /** Takes the place of the creation of machines. */
  readonly make?: Make;
  /** Called when the plan is accepted, before the first change. */
  readonly ready?: () => Promise<void>;
  /** How the host boots from `ready` on, where that is to change. */
  readonly willBoot?: BootMark;
}

/** What one apply did. */
export interface Applied {
  readonly plan: Plan;
  readonly report: ApplyReport;
  /** True when the text of the isolation rules changed. */
  readonly rulesChanged: boolean;
  /** Present when equal machines were made from images of one that is provisioned. */
  readonly golden?: CopiesReport;
  /** What nothing declares any more and is closed now; absent where rules were loaded before, or nobody had to look. */
  readonly closed?: Closed;
  readonly walledBy: WalledBy;
  /** Safety snapshots that were made before the first change. */
  readonly snapshots: number;
  readonly seconds: number;
}
