import type { Text } from '../../base/messages/index.ts';
import type {
  Decision,
  DiffBlock,
  LoadedRule,
  Packet,
  Proof,
  Trace,
} from '../../isolation/index.ts';
import type { ResultsOf } from '../../kit/results.ts';
import type { WallStatus } from './walls.ts';

declare module '../../kit/results.ts' {
  interface Results {
    network: NetworkResults;
  }
}

export type NetworkResults = ResultsOf<Contents>;

interface Contents {
  readonly boot: { readonly state: 'on' | 'off'; readonly changed: boolean };
  readonly 'boot-file': { readonly path: string; readonly text: string };
  readonly confirmed: Readonly<Record<never, never>>;
  readonly decision: Explained;
  readonly deployment: { readonly changed: boolean };
  readonly 'network-status': WallStatus & Staleness;
  readonly proof: Proof;
  readonly restored: Readonly<Record<never, never>>;
  readonly rules: { readonly text: string };
  readonly 'rules-diff': { readonly blocks: readonly DiffBlock[] };
  readonly 'rules-file': { readonly path: string; readonly changed: boolean };
}

interface Staleness {
  /** Why the tree may not be what infra.yml says by now; absent when it is. */
  readonly stale?: Text;
}

interface Explained extends Decision {
  readonly packet: Packet;
  /** What became of real packets. */
  readonly trace?: Trace;
  /** The loaded rule that decides. */
  readonly rule?: LoadedRule;
}
