import type { ResultsOf } from '../../kit/results.ts';
import type { ScenarioText } from './catalogue.ts';
import type { Report, ScenarioRun } from './report.ts';

declare module '../../kit/results.ts' {
  interface Results {
    scenarios: ScenariosResults;
  }
}

export type ScenariosResults = ResultsOf<Contents>;

interface Contents {
  readonly scenario: ScenarioRun;
  readonly 'scenario-list': { readonly scenarios: readonly ScenarioText[] };
  readonly scenarios: Omit<Report, 'scenarios'> & { readonly report: string };
}
