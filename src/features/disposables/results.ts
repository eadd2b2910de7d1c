import type { ResultsOf } from '../../kit/results.ts';
import type { Filled } from './pool.ts';
import type { Tag } from './tag.ts';

declare module '../../kit/results.ts' {
  interface Results {
    disposables: DisposablesResults;
  }
}

export type DisposablesResults = ResultsOf<Contents>;

interface Contents {
  readonly disposable: Launched;
  readonly disposables: { readonly machines: readonly Shown[] };
  readonly pool: PoolFilled;
  readonly stopped: { readonly names: readonly string[] };
}

interface Launched {
  readonly name: string;
  readonly project: string;
  /** Absent where it belongs to none. */
  readonly domain?: string;
  readonly image: string;
}

interface Shown {
  readonly name: string;
  readonly project: string;
  readonly status: string;
  readonly use: Tag['use'];
  readonly image: string;
  readonly since: string;
}

interface PoolFilled extends Filled {
  readonly project: string;
  readonly image: string;
  readonly size: number;
}
