import type { Plan } from '../engine/index.ts';
import type { MachinePlace } from '../snapshots/index.ts';
import type { Desired } from '../tree/index.ts';
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
