import { type Incus, type Instance, isNotFound, readAndWrite } from '../../incus/index.ts';
import { MARK } from './devices.ts';

/** The machine that is, or becomes, the admin container. */
export interface AdminPlace {
  readonly project: string;
  readonly instance: string;
}

/** Where things stand inside an admin container, as it was told when it was made one. */
export interface InsidePaths {
  readonly history: string;
  readonly product: string;
}

/** `no`: it does not administer this project folder. */
export type AdminLook =
  | { readonly state: 'no' }
  | { readonly state: 'yes' | 'stopped'; readonly paths: InsidePaths };

/** Whether a machine administers this project folder, and runs. */
export async function lookAtAdmin(
  incus: Incus,
  { project, instance }: AdminPlace,
  root: string,
): Promise<AdminLook> {
  try {
    const { value } = await incus.instances.get(instance, { project });
    const { [MARK.root]: mark, [MARK.history]: history, [MARK.product]: product } = value.config;
    if (mark !== root || history === undefined || product === undefined) return { state: 'no' };
    return { state: value.status === 'Running' ? 'yes' : 'stopped', paths: { history, product } };
  } catch (error) {
    if (isNotFound(error)) return { state: 'no' };
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
