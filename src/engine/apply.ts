import { AnklumeError, type Problem } from '../base/messages/index.ts';
import type { Incus } from '../incus/index.ts';
import type { Desired } from '../world/tree/index.ts';
import { computePlan, type PlanOptions } from './compute-plan.ts';
import { type ExecuteOptions, executePlan } from './execute.ts';
import { observe, observeDetails } from './observe.ts';
import type { ApplyReport, Plan } from './plan.ts';

export interface ApplyOptions extends PlanOptions, ExecuteOptions {
  /** Carry out the rest of a plan that holds refusals; without it such a plan changes nothing. */
  readonly partial?: boolean;
}

/** Looks at the daemon and says what is to do. */
export async function planFor(
  desired: Desired,
  incus: Incus,
  options: PlanOptions = {},
): Promise<Plan> {
  return computePlan(desired, await observeDetails(incus, desired, await observe(incus)), options);
}

/** Brings the daemon to the desired world: declared machines run, and a second call changes nothing. */
export async function applyDesired(
  desired: Desired,
  incus: Incus,
  options: ApplyOptions = {},
): Promise<ApplyReport> {
  const plan = await planFor(desired, incus, options);
  if (!options.partial) refuseIncomplete(plan);
  return executePlan(plan, incus, options);
}

/** Throws `plan-refused`, with every refusal as a problem, when a plan cannot be carried out as a whole. */
export function refuseIncomplete(plan: Plan): void {
  const problems = plan.entries.flatMap((entry): Problem[] =>
    entry.action === 'refuse'
      ? [
          {
            code: entry.code,
            severity: 'error',
            path: [entry.id],
            message: entry.reason,
            ...(entry.remedy && { remedy: entry.remedy }),
          },
        ]
      : [],
  );
  if (problems.length === 0) return;
  throw new AnklumeError({
    code: 'plan-refused',
    message: {
      en: `Part of the plan cannot be carried out, so nothing was changed.`,
      fr: `Une partie du plan est irréalisable ; rien n'a donc été modifié.`,
    },
    remedy: {
      en: `Fix the problems listed, or apply the rest with --partial.`,
      fr: `Réglez ce qui est listé, ou appliquez le reste avec --partial.`,
    },
    problems,
  });
}
