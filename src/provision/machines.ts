import {
  ALL,
  type DesiredDomain,
  type DesiredMachine,
  selectMachines,
} from '../world/tree/index.ts';

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

/** The machines with roles, of all domains or within a limit, as `selectMachines` reads it. */
export function withRoles(desired: Inhabited, limit: string = ALL): Provisionable[] {
  return selectMachines(desired.domains, limit).flatMap(({ domain, machines }) =>
    machines
      .filter(({ roles }) => roles.length > 0)
      .map(({ name, instance, roles }) => ({
        ...{ name, instance, roles },
        ...{ project: domain.project, domain: domain.name },
      })),
  );
}
