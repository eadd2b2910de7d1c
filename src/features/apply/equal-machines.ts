import type { ExecuteOptions, Plan } from '../../engine/index.ts';
import type { ProvisionReport } from '../../provision/index.ts';
import type { Daemon, Listening, World } from '../../site/index.ts';

/** What making equal machines once did in one run. Plain JSON but for the provisioning, which others tell. */
export interface CopiesReport {
  /** Machines that were provisioned to be copied. */
  readonly models: readonly string[];
  /** Machines that were made from a kept image. */
  readonly copies: readonly string[];
  /** Those among them that differ in no file from one another: one list for each image. */
  readonly alike: readonly (readonly string[])[];
  /** What became of the insides of the models. */
  readonly provisioned?: ProvisionReport;
}

/** One execution of a plan that makes equal machines once: a plan of its own, and two hooks for the engine. */
export interface EqualMachinesRun extends Required<Pick<ExecuteOptions, 'before' | 'ended'>> {
  readonly plan: Plan;
  /** To be called when the plan was carried out. */
  report(): Promise<CopiesReport>;
}

/** Looks for machines of a plan that could be made once and copied. Undefined where there are none. */
export type EqualMachines = (
  world: World,
  daemon: Daemon,
  plan: Plan,
  listening: Listening,
) => Promise<EqualMachinesRun | undefined>;

declare module '../../kit/extensions.ts' {
  interface Extensions {
    readonly equalMachines?: EqualMachines;
  }
}

/** Who listens to an apply, and what others do within it. */
export interface Applying extends Listening {
  readonly extensions: { readonly equalMachines?: EqualMachines };
}
