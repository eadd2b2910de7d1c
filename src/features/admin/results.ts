import type { ResultsOf } from '../../kit/results.ts';
import type { AdminChange } from './change-admin.ts';
import type { AdminStatus } from './switch.ts';

declare module '../../kit/results.ts' {
  interface Results {
    admin: AdminResults;
  }
}

export type AdminResults = ResultsOf<Contents>;

interface Contents {
  readonly admin: AdminStatus | AdminChange;
  readonly 'admin-service': { readonly state: 'on' | 'off'; readonly changed: boolean };
  readonly 'service-file': { readonly path: string; readonly text: string };
}
