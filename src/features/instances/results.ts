import type { Text } from '../../base/messages/index.ts';
import type { MachineStatus } from '../../engine/index.ts';
import type { ResultsOf } from '../../kit/results.ts';
import type { DesiredDomain, DesiredPolicy } from '../../world/tree/index.ts';
import type { MachineFacts } from './facts.ts';
import type { PowerAction, PowerOutcome } from './power.ts';
import type { Removed } from './remove.ts';
import type { RunOutcome } from './run.ts';
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

interface DomainShown
  extends Pick<
    DesiredDomain,
    'name' | 'description' | 'trustLevel' | 'project' | 'network' | 'internet' | 'lan' | 'ephemeral'
  > {
  readonly policies: readonly DesiredPolicy[];
  readonly machines: readonly MachineStatus[];
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

interface Powered extends Pick<PowerOutcome, 'todo' | 'result'> {
  readonly domain: string;
  readonly machine: string;
  readonly message?: Text;
}
