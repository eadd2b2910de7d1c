import { type Incus, type Instance, isNotFound, readAndWrite } from '../incus/index.ts';
import { MARK } from './devices.ts';

/** The machine that is, or becomes, the admin container. */
export interface AdminPlace {
  readonly project: string;
  readonly instance: string;
}

/** Whether a machine administers this project folder, and runs. */
export async function administers(
  incus: Incus,
  { project, instance }: AdminPlace,
  root: string,
): Promise<'yes' | 'stopped' | 'no'> {
  try {
    const { value } = await incus.instances.get(instance, { project });
    if (value.config[MARK] !== root) return 'no';
    return value.status === 'Running' ? 'yes' : 'stopped';
  } catch (error) {
    if (isNotFound(error)) return 'no';
    throw error;
  }
}

/** Changes what `next` gives and leaves the rest of an instance as it is. */
export function changeInstance(
  incus: Incus,
  { project, instance }: AdminPlace,
  next: (live: Instance) => Pick<Instance, 'config' | 'devices'>,
): Promise<void> {
  return readAndWrite(
    () => incus.instances.get(instance, { project }),
    (live) => ({
      architecture: live.architecture,
      description: live.description,
      ephemeral: live.ephemeral,
      profiles: live.profiles,
      stateful: live.stateful,
      ...next(live),
    }),
    (put, etag) => incus.instances.update(instance, put, { project, etag }),
  );
}

export function without<V>(values: Readonly<Record<string, V>>, names: readonly string[]) {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}
