import type { ResultsOf } from '../../kit/results.ts';
import type { AdminPlace } from './place.ts';
import type { AdminStatus } from './switch.ts';

declare module '../../kit/results.ts' {
  interface Results {
    admin: AdminResults;
  }
}

export type AdminResults = ResultsOf<Contents>;

interface Contents {
  readonly admin: AdminStatus | SwitchedOn | SwitchedOff;
  readonly 'admin-service': { readonly state: 'on' | 'off'; readonly changed: boolean };
  readonly 'service-file': { readonly path: string; readonly text: string };
}

interface SwitchedOn {
  readonly state: 'on';
  readonly place: AdminPlace;
}

interface SwitchedOff {
  readonly state: 'off';
  readonly changed: boolean;
}
