import { findProfile, type Observed } from '../observed.ts';

/**
 * The pool for root disks and for volumes that name none: the one a project's default profile already uses,
 * else that of Incus's own default profile, else the pool `default`, else the only one there is.
 */
export function choosePool(
  observed: Pick<Observed, 'pools' | 'profiles'>,
  project: string,
): string | undefined {
  const usable = observed.pools
    .filter((pool) => pool.status === 'Created')
    .map((pool) => pool.name);
  const candidates = [
    findProfile(observed, project, 'default')?.devices.root?.pool,
    findProfile(observed, 'default', 'default')?.devices.root?.pool,
    'default',
    usable.length === 1 ? usable[0] : undefined,
  ];
  return candidates.find((name) => name !== undefined && usable.includes(name));
}
