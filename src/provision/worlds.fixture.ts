import type { Inhabited, Provisionable } from './machines.ts';

/** A desired world: domain to machine to roles. What Incus sees of it has the prefix `001-`. */
export function worldOf(
  domains: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
): Inhabited {
  return {
    domains: Object.entries(domains).map(([name, machines]) => ({
      name,
      project: `001-${name}`,
      machines: Object.entries(machines).map(([machine, roles]) => ({
        name: machine,
        instance: `001-${machine}`,
        roles,
      })),
    })),
  };
}

/** A machine to provision, in a domain `pro`. */
export function provisionable(name: string, ...roles: string[]): Provisionable {
  return { name, instance: name, project: 'pro', domain: 'pro', roles };
}

export function machineNames(machines: readonly Provisionable[]): string[] {
  return machines.map(({ name }) => name);
}
