import { isOn } from '../../world/infra/index.ts';
import type { DesiredDomain, DesiredMachine } from '../../world/tree/index.ts';
import { decide, type Rules, refuse } from '../decide.ts';
import { isShifted, sharedVolumes } from '../idmap/shared-volumes.ts';
import { MARK, recordKeys } from '../marks.ts';
import type { Observed } from '../observed.ts';
import type { PlanEntry } from '../plan.ts';
import { type Spec, withoutEmpty } from '../spec.ts';
import { projectId } from './project.ts';

export function volumeId(project: string, pool: string, name: string): string {
  return `volume:${project}/${pool}/${name}`;
}

/** The custom volumes of a domain, each once however many machines share it. */
export function volumeSpecs(
  domain: DesiredDomain,
  projectName: string,
  pool: string | undefined,
  canShift = false,
): Spec[] {
  const shared = canShift ? sharedVolumes(domain, pool) : [];
  const specs = new Map<string, Spec>();
  for (const machine of domain.machines)
    for (const volume of machine.volumes) {
      const home = volume.pool ?? pool ?? '';
      const shifted = isShifted(shared, home, volume.name);
      const spec = volumeSpec(domain, machine, projectName, volume, home, shifted);
      const first = specs.get(spec.id);
      specs.set(spec.id, first && !isProtected(spec) ? first : spec);
    }
  return [...specs.values()];
}

function volumeSpec(
  domain: DesiredDomain,
  machine: DesiredMachine,
  projectName: string,
  volume: DesiredMachine['volumes'][number],
  pool: string,
  shifted: boolean,
): Spec {
  const config = withoutEmpty({ ...volume.config, ...(volume.size && { size: volume.size }) });
  return {
    id: volumeId(domain.project, pool, volume.name),
    kind: 'volume',
    name: volume.name,
    project: domain.project,
    domain: domain.name,
    pool,
    needs: [projectId(domain.project)],
    wanted: {
      config: {
        // Not among the declared keys: one that is no longer shared stays as it is, as a change would stop machines.
        ...(shifted && !isOn(config['security.unmapped']) && { 'security.shifted': 'true' }),
        ...config,
        [MARK.id]: volumeId(domain.project, pool, volume.name),
        [MARK.project]: projectName,
        [MARK.domain]: domain.name,
        [MARK.machine]: machine.name,
        [MARK.protected]: String(!machine.ephemeral),
        [MARK.keys]: recordKeys(config),
      },
    },
  };
}

function isProtected(spec: Spec): boolean {
  return spec.wanted.config[MARK.protected] === 'true';
}

export function volumeEntry(spec: Spec, observed: Observed, rules: Rules): PlanEntry | undefined {
  if (!observed.pools.some((pool) => pool.name === spec.pool))
    return refuse(spec, {
      code: 'no-pool',
      reason: {
        en: `The storage pool '${spec.pool}' of the volume '${spec.name}' does not exist.`,
        fr: `Le pool de stockage « ${spec.pool} » du volume « ${spec.name} » n'existe pas.`,
      },
      remedy: {
        en: `Create it (anklume incus -- storage create), or leave 'pool' out to use the one of the domain.`,
        fr: `Créez-le (anklume incus -- storage create), ou retirez « pool » pour utiliser celui du domaine.`,
      },
    });
  const live = observed.volumes.find(
    (one) => one.pool === spec.pool && one.project === spec.project && one.name === spec.name,
  );
  return decide(spec, live, rules);
}
