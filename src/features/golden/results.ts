import type { ResultsOf } from '../../kit/results.ts';
import type { Kept } from './kept.ts';

declare module '../../kit/results.ts' {
  interface Results {
    golden: GoldenResults;
  }
}

export type GoldenResults = ResultsOf<Contents>;

interface Contents {
  readonly 'golden-images': { readonly images: readonly Kept[] };
  readonly 'golden-pruned': { readonly removed: readonly Kept[] };
}
