import type { ResultsOf } from '../../kit/results.ts';
import type { Finding } from './finding.ts';

declare module '../../kit/results.ts' {
  interface Results {
    doctor: DoctorResults;
  }
}

export type DoctorResults = ResultsOf<{
  readonly doctor: { readonly findings: readonly Finding[] };
}>;
