import type { ResultsOf } from '../../kit/results.ts';
import type { UpReport } from '../apply/index.ts';
import type { NewProject } from './new-project.ts';

declare module '../../kit/results.ts' {
  interface Results {
    demo: DemoResults;
  }
}

export type DemoResults = ResultsOf<Contents>;

interface Contents {
  readonly demo: DemoUp | { readonly deleted: true };
  readonly project: NewProject;
}

interface DemoUp extends UpReport {
  readonly folder: string;
}
