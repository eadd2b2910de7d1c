import type { ResultsOf } from '../../kit/results.ts';
import type { Copied } from './copy.ts';
import type { CopyOutcome } from './many.ts';

declare module '../../kit/results.ts' {
  interface Results {
    transfer: TransferResults;
  }
}

export type TransferResults = ResultsOf<Contents>;

interface Contents {
  readonly copied: Copied;
  readonly copies: { readonly copies: readonly CopyOutcome[] };
}
