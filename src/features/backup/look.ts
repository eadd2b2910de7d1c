import type { Incus } from '../../incus/index.ts';
import type { Standing } from './choose-restore.ts';

export interface Seen extends Standing {
  /** Of each storage pool its driver. */
  readonly drivers: ReadonlyMap<string, string>;
}

/** What a daemon has now of what backups hold. */
export async function look(incus: Incus): Promise<Seen> {
  const [projects, instances, pools] = await Promise.all([
    incus.projects.list(),
    incus.instances.list(),
    incus.pools.list(),
  ]);
  const volumes = await Promise.all(pools.map(({ name }) => incus.volumes.list(name)));
  return {
    projects: projects.map(({ name }) => name),
    instances,
    volumes: volumes.flat(),
    drivers: new Map(pools.map(({ name, driver }) => [name, driver])),
  };
}
