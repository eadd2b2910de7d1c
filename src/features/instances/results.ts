import type { MachineStatus } from '../../engine/index.ts';
import type { ResultsOf } from '../../kit/results.ts';
import type { DesiredDomain } from '../../world/tree/index.ts';
import type { Powered } from './change-power.ts';
import type { MachineFacts } from './facts.ts';
import type { PowerAction } from './power.ts';
import type { Removed } from './remove.ts';
import type { RunOutcome } from './run.ts';
import type { DomainShown } from './show-domain.ts';
import type { StillDeclared } from './still-declared.ts';
import type { Usage } from './usage.ts';

declare module '../../kit/results.ts' {
  interface Results {
    instances: InstancesResults;
  }
}

export type InstancesResults = ResultsOf<Contents>;

interface Contents {
  readonly domain: DomainShown;
  readonly domains: { readonly domains: readonly DomainListed[] };
  readonly exec: { readonly machines: readonly RunIn[] };
  readonly instances: { readonly machines: readonly MachineStatus[] };
  /** `instance show` says of what type the machine is. */
  readonly lxc: MachineShown;
  readonly vm: MachineShown;
  readonly output: Line;
  readonly power: { readonly action: PowerAction; readonly machines: readonly Powered[] };
  readonly remove: Removed & { readonly declared: readonly StillDeclared[] };
  readonly top: { readonly machines: readonly Usage[] };
}

interface DomainListed
  extends Pick<DesiredDomain, 'name' | 'description' | 'trustLevel' | 'network'> {
  readonly machines: readonly string[];
}

interface MachineShown extends MachineFacts, Omit<MachineStatus, 'type'> {}

interface RunIn extends Pick<RunOutcome, 'code' | 'message' | 'remedy'> {
  readonly domain: string;
  readonly machine: string;
}

/** A line that a command in a machine wrote, or a line of its logs. */
interface Line {
  readonly domain: string;
  readonly machine: string;
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
}
