import type { Emit, Text } from '../../../base/messages/index.ts';
import type { Former } from '../ledger.ts';
import type { Change } from '../step.ts';

/** What a change may use while it is made or taken back. */
export interface Work {
  readonly emit: Emit;
  readonly signal?: AbortSignal | undefined;
  /** This program, as it was started: other commands of it are run the same way. */
  readonly program: readonly string[];
  /** Machines and what they hold may be deleted. */
  readonly purge: boolean;
}

/** How what was changed stands now. */
export type Standing = 'kept' | 'changed' | 'missing';

/** One kind of change: how it is seen, made and taken back. Every call may come twice. */
export interface Handler<C extends Change> {
  /** Whether the host is like that already. */
  stands(change: C): Promise<boolean>;
  /** What stands there now: enough to put it back. */
  former(change: C): Promise<Former>;
  /** Makes it; gives what is known only afterwards. */
  carryOut(change: C, former: Former, work: Work): Promise<Former>;
  standing(change: C, former: Former): Promise<Standing>;
  /** Puts back what stood there; a sentence where it must stay, and why. */
  takeBack(change: C, former: Former, work: Work): Promise<Text | undefined>;
}
