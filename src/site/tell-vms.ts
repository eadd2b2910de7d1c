import { AnklumeError, type Emit } from '../base/messages/index.ts';
import type { Incus } from '../incus/index.ts';
import { contextMarks, contextOf, tellContext } from '../nesting/index.ts';
import type { Desired } from '../world/tree/index.ts';
import type { Daemon } from './daemon.ts';

/**
 * Tells running virtual machines where they stand, where they were not told yet. Asks the daemon nothing in a world
 * without any. An agent that does not answer is no failure: the next run tries again.
 */
export async function tellVms(
  desired: Desired,
  { incus, nesting }: Daemon,
  emit: Emit,
): Promise<void> {
  const vms = desired.domains.flatMap(({ project, machines }) =>
    machines
      .filter(({ type }) => type === 'vm')
      .map(({ name, instance }) => ({ project, name, instance })),
  );
  const context = vms.length === 0 ? undefined : await nesting();
  if (!context) return;
  const marks = contextMarks(contextOf('vm', context));
  const all = await incus.instances.list();
  await Promise.all(
    vms.map(async ({ project, name, instance }) => {
      const live = all.find((one) => one.project === project && one.name === instance);
      if (live?.status !== 'Running' || !live.config['user.anklume.project']) return;
      if (Object.entries(marks).every(([key, value]) => live.config[key] === value)) return;
      if (await tellVm(incus, { project, name: instance }, marks)) return;
      emit({ type: 'note', level: 'info', code: 'nesting-later', text: later(name) });
    }),
  );
}

async function tellVm(
  incus: Incus,
  place: { readonly project: string; readonly name: string },
  marks: Record<string, string>,
): Promise<boolean> {
  try {
    await tellContext(incus, place, marks);
    await incus.instances.patch(place.name, { config: marks }, { project: place.project });
    return true;
  } catch (error) {
    if (error instanceof AnklumeError) return false;
    throw error;
  }
}

function later(name: string) {
  return {
    en: `'${name}' will be told its nesting level by an apply after its agent has begun to answer.`,
    fr: `« ${name} » apprendra son niveau d'imbrication lors d'un apply qui suivra le démarrage de son agent.`,
  };
}
