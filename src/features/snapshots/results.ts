import type { ResultsOf } from '../../kit/results.ts';
import type { ListedSnapshot } from './list.ts';
import type { SnapshotReport } from './outcome.ts';
import type { Restored } from './restore.ts';

declare module '../../kit/results.ts' {
  interface Results {
    snapshots: SnapshotsResults;
  }
}

export type SnapshotsResults = ResultsOf<Contents>;

interface Contents {
  readonly snapshot: SnapshotReport | Restored;
  readonly snapshots: { readonly snapshots: readonly ListedSnapshot[] };
}
