import type { ResultsOf } from '../../kit/results.ts';
import type { Sandbox, SandboxStatus } from '../../sandbox/index.ts';

declare module '../../kit/results.ts' {
  interface Results {
    sandbox: SandboxResults;
  }
}

export type SandboxResults = ResultsOf<Contents>;

interface Contents {
  readonly sandbox: Sandbox | Stopped | Deleted;
  readonly sandboxes: { readonly sandboxes: readonly SandboxStatus[] };
}

interface Stopped {
  readonly name: string;
  readonly running: false;
}

interface Deleted {
  readonly name: string;
  readonly deleted: true;
}
