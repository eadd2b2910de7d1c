import type { ResultsOf } from '../../kit/results.ts';
import type { Cleaning } from './cleaning.ts';
import type { RollbackReport } from './rollback.ts';
import type { Return } from './rollback-way.ts';
import type { ToldGeneration } from './told.ts';

declare module '../../kit/results.ts' {
  interface Results {
    generations: GenerationsResults;
  }
}

export type GenerationsResults = ResultsOf<Contents>;

interface Contents {
  readonly history: { readonly generations: readonly ToldGeneration[] };
  readonly rollback: (Return | RollbackReport) & { readonly dryRun: boolean };
  readonly 'rollback-cleanup': Cleaned;
}

interface Cleaned extends Cleaning {
  readonly keep: number;
}
