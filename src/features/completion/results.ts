import type { ResultsOf } from '../../kit/results.ts';

declare module '../../kit/results.ts' {
  interface Results {
    completion: CompletionResults;
  }
}

export type CompletionResults = ResultsOf<{
  readonly completion: { readonly shell: string; readonly script: string };
}>;
