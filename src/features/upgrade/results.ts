import type { Problem } from '../../base/messages/index.ts';
import type { ResultsOf } from '../../kit/results.ts';
import type { UpgradeSight } from './look.ts';
import type { Validation } from './validate.ts';

declare module '../../kit/results.ts' {
  interface Results {
    upgrade: UpgradeResults;
  }
}

export type UpgradeResults = ResultsOf<{ readonly upgrade: Upgraded }>;

interface Upgraded extends Omit<UpgradeSight, 'placed' | 'removed' | 'aside'> {
  readonly done: boolean;
  readonly problems: readonly Problem[];
  /** Copies of files that the user had changed. */
  readonly backups?: string;
  /** Absent where nothing was changed. */
  readonly validation?: Validation;
}
