import type { DesiredDomain, DesiredMachine } from '../tree/index.ts';

/** A machine that has something to provision. */
export interface Provisionable {
  readonly name: string;
  readonly instance: string;
  readonly project: string;
  readonly domain: string;
  /** In the order in which they are applied. */
  readonly roles: readonly string[];
}

/** What counts here of the desired world. */
export interface Inhabited {
  readonly domains: readonly (Pick<DesiredDomain, 'name' | 'project'> & {
    readonly machines: readonly Pick<DesiredMachine, 'name' | 'instance' | 'roles'>[];
  })[];
}

/** The machines with roles, of all domains or within a limit: a domain or a machine. */
export function withRoles(desired: Inhabited, limit?: string): Provisionable[] {
  return desired.domains.flatMap(({ name: domain, project, machines }) =>
    machines
      .filter(({ roles }) => roles.length > 0)
      .filter(
        ({ name, instance }) =>
          limit === undefined || [domain, name, instance].some((one) => one === limit),
      )
      .map(({ name, instance, roles }) => ({ name, instance, project, domain, roles })),
  );
}
