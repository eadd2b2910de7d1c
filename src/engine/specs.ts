import type { NestingContext } from '../world/infra/index.ts';
import {
  type Desired,
  type DesiredDomain,
  type DesiredMachine,
  MARK,
} from '../world/tree/index.ts';
import { planIdmaps } from './idmap/defaults.ts';
import { sharingMachines } from './idmap/shared-volumes.ts';
import { defaultConfig, ownRootSize, profileRootSize } from './machine-defaults.ts';
import { findInstance, type Observed } from './observed.ts';
import { imageSpec } from './resources/image.ts';
import { instanceSpec } from './resources/instance-spec.ts';
import { networkSpec } from './resources/network.ts';
import { choosePool } from './resources/pool.ts';
import { profileSpecs } from './resources/profile.ts';
import { projectSpec } from './resources/project.ts';
import { volumeSpecs } from './resources/volume.ts';
import type { Spec } from './spec.ts';

/** The wanted world as objects: every one once, in the order people read them. */
export interface Specs {
  readonly all: ReadonlyMap<string, Spec>;
  /** The machine behind each instance. */
  readonly machines: ReadonlyMap<string, { domain: DesiredDomain; machine: DesiredMachine }>;
  /** Users of the host that are left when all containers have theirs; below zero they do not suffice. */
  readonly idsLeft: number;
}

/** Whether the daemon's host starts it before the isolation rules are loaded. */
export function isUnguarded({ server }: Pick<Observed, 'server'>): boolean {
  return server.config[MARK.boot] === 'open';
}

/** Without those of domains that infra.yml names no more: what exists of them is left over. */
export function declaredSpecs(
  specs: ReadonlyMap<string, Spec>,
  { domains }: Pick<Desired, 'domains'>,
): ReadonlyMap<string, Spec> {
  const gone = new Set(domains.flatMap(({ name, undeclared }) => (undeclared ? [name] : [])));
  if (gone.size === 0) return specs;
  return new Map([...specs].filter(([, { domain }]) => domain === undefined || !gone.has(domain)));
}

export function specsOf(desired: Desired, observed: Observed, host?: NestingContext): Specs {
  const running = [...observed.instances, ...observed.disposables];
  const { nestedFor, left } = planIdmaps(desired, running, observed.subIds);
  const canShift = observed.server.environment.kernel_features?.idmapped_mounts === 'true';
  const sharing = sharingMachines(desired, observed.volumes, canShift, (project) =>
    choosePool(observed, project),
  );
  const all = new Map<string, Spec>();
  const machines = new Map<string, { domain: DesiredDomain; machine: DesiredMachine }>();
  const { projectName } = desired;
  for (const domain of desired.domains) {
    const pool = choosePool(observed, domain.project);
    const shared = [
      networkSpec(domain, projectName),
      projectSpec(domain, projectName),
      ...profileSpecs(domain, projectName, pool, profileRootSize(domain, pool, observed)),
      ...volumeSpecs(domain, projectName, pool, canShift),
    ];
    for (const spec of shared) all.set(spec.id, spec);
    for (const machine of domain.machines) {
      const image = imageSpec(machine);
      const live = findInstance(observed, domain.project, machine.instance);
      const sharesIds = sharing.has(`${domain.project}/${machine.instance}`);
      const defaults = {
        config: defaultConfig(domain, machine, { live, nestedFor, sharesIds }),
        ...ownRootSize(domain, machine, pool, observed, live),
        held: isUnguarded(observed),
      };
      const instance = instanceSpec(domain, machine, projectName, pool, host, defaults);
      all.set(image.id, image);
      all.set(instance.id, instance);
      machines.set(instance.id, { domain, machine });
    }
  }
  return { all, machines, idsLeft: left };
}
