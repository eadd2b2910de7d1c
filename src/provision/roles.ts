import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { productRoot } from '../base/system/index.ts';
import type { Provisionable } from './machines.ts';

/**
 * Where roles are looked for, the first that has the name wins: the user's own, ours, others', and last what an Ansible
 * project from before has beside its playbook.
 */
export function roleFolders(root: string): string[] {
  return [
    join(root, 'roles_custom'),
    join(productRoot(), 'roles'),
    join(root, 'roles_vendor'),
    join(root, 'roles'),
  ];
}

/** Names in a folder of roles; a folder that is not there holds none. */
export function rolesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** The names of the roles that there are: the user's own, ours, those of requirements.yml. */
export async function knownRoles(root: string): Promise<ReadonlySet<string>> {
  return new Set((await Promise.all(roleFolders(root).map(rolesOf))).flat());
}

/** The roles of a machine that are nowhere. */
export function missingRoles(
  { roles }: Pick<Provisionable, 'roles'>,
  known: ReadonlySet<string>,
): string[] {
  return roles.filter((role) => !known.has(role) && !isOfCollection(role));
}

/** A role of a collection (`a.b.c`) is Ansible's to find. */
export function isOfCollection(role: string): boolean {
  return role.split('.').length === 3;
}
