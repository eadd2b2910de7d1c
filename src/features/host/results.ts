import type { Problem } from '../../base/messages/index.ts';
import type { ResultsOf } from '../../kit/results.ts';
import type { Kept } from './status.ts';
import type { Step } from './step.ts';
import type { Removal } from './uninstall.ts';

declare module '../../kit/results.ts' {
  interface Results {
    host: HostResults;
  }
}

export type HostResults = ResultsOf<Contents>;

interface Contents {
  readonly 'host-plan': {
    readonly steps: readonly Step[];
    /** Names of packages that would come, with those that they need; absent where the manager cannot say. */
    readonly packages: readonly string[];
    readonly problems: readonly Problem[];
  };
  readonly 'host-bootstrap': { readonly changed: number };
  readonly 'host-status': { readonly changes: readonly Kept[] };
  readonly 'host-removal': { readonly changes: readonly Removal[] };
  /** What had to stay, and why. */
  readonly 'host-uninstall': { readonly kept: readonly Removal[] };
}
