import type { Outcome, Plan } from '../../engine/index.ts';
import type { MachinePlace } from '../../site/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import type { Counts } from './record.ts';

/** Whether a plan changes the shape of the world; starting machines and fetching images does not. */
export function changesWorld(plan: Plan): boolean {
  const { created, changed, removed } = countsOf(plan);
  return created + changed + removed > 0;
}

export function countsOf({ entries }: Plan): Counts {
  const count = (...actions: readonly string[]) =>
    entries.filter(({ action, kind }) => actions.includes(action) && kind !== 'image').length;
  return {
    created: count('create'),
    changed: count('update', 'recreate'),
    removed: count('delete'),
  };
}

/** How it ended for one object. */
export type Ended = Pick<Outcome, 'id' | 'action' | 'result'>;

/** What was really done, of runs that may have touched an object more than once: what left and came back was changed. */
export function doneOf(outcomes: readonly Ended[]): Counts {
  const byId = new Map<string, Set<string>>();
  for (const { id, action, result } of outcomes)
    if (result === 'done' && !id.startsWith('image:') && action !== 'start')
      byId.set(id, (byId.get(id) ?? new Set()).add(action));
  const counts = { created: 0, changed: 0, removed: 0 };
  for (const actions of byId.values()) {
    const [made, gone] = [actions.has('create'), actions.has('delete')];
    counts[made === gone ? 'changed' : made ? 'created' : 'removed'] += 1;
  }
  return counts;
}

/**
 * The existing machines that a plan changes: those with an entry of their own, and those with a changed profile.
 * One that is removed is put aside whole; one torn by an interrupted creation holds nothing yet.
 */
export function concerned(plan: Plan, desired: Desired): MachinePlace[] {
  const actions = new Map(plan.entries.map(({ id, action }) => [id, action]));
  return desired.domains.flatMap((domain) =>
    domain.machines
      .filter((machine) => {
        const own = actions.get(`instance:${domain.project}/${machine.instance}`);
        if (own === 'create' || own === 'recreate' || own === 'refuse') return false;
        return (
          own === 'update' ||
          machine.profiles.some(
            (name) => actions.get(`profile:${domain.project}/${name}`) === 'update',
          )
        );
      })
      .map((machine) => ({
        domain: domain.name,
        machine: machine.name,
        instance: machine.instance,
        project: domain.project,
      })),
  );
}
