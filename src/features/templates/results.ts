import type { ResultsOf } from '../../kit/results.ts';
import type { Derivation } from './derive-machine.ts';
import type { TemplateMade } from './make.ts';
import type { Publication } from './publish.ts';
import type { Template } from './survey.ts';

declare module '../../kit/results.ts' {
  interface Results {
    templates: TemplatesResults;
  }
}

export type TemplatesResults = ResultsOf<Contents>;

interface Contents {
  readonly derived: Derivation;
  readonly published: Publication & { readonly template: string };
  readonly released: { readonly machine: string };
  readonly template: TemplateMade;
  readonly templates: { readonly templates: readonly Template[] };
}
