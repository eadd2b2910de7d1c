import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { productRoot } from '../system/index.ts';
import type { Provisionable } from './machines.ts';

/** The names of the roles that there are: the user's own, ours, those of requirements.yml. */
export async function knownRoles(root: string): Promise<ReadonlySet<string>> {
  const folders = [
    join(root, 'roles_custom'),
    join(root, 'roles'),
    join(productRoot(), 'roles'),
    join(root, 'roles_vendor'),
  ];
  const names = await Promise.all(
    // A folder that is not there holds none.
    folders.map((folder) => readdir(folder).catch(() => [])),
  );
  return new Set(names.flat());
}

/** The roles of a machine that are nowhere. A role of a collection (`a.b.c`) is Ansible's to find. */
export function missingRoles(
  { roles }: Pick<Provisionable, 'roles'>,
  known: ReadonlySet<string>,
): string[] {
  return roles.filter((role) => !known.has(role) && role.split('.').length !== 3);
}
