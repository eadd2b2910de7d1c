import { type Refusal, refuse } from '../decide.ts';
import type { Observed } from '../observed.ts';
import type { PlanEntry } from '../plan.ts';
import { instanceId } from '../resources/instance-spec.ts';
import type { Specs } from '../specs.ts';

type VolumeUpdate = Extract<PlanEntry, { readonly action: 'update' }>;

/**
 * Incus changes how a volume is shown to several machines only while none of them runs: those that do are stopped for
 * it and started again. Machines that nobody declares are not stopped for us.
 */
export function stopForShift(
  entries: Map<string, PlanEntry>,
  specs: Specs,
  observed: Observed,
): void {
  for (const entry of [...entries.values()]) {
    if (entry.kind !== 'volume' || entry.action !== 'update') continue;
    if (entry.body.config['security.shifted'] === undefined) continue;
    const running = usersOf(entry, observed).filter(({ status }) => status !== 'Stopped');
    if (running.length === 0) continue;
    const volume = specs.all.get(entry.id);
    const stranger = running.find(
      ({ project, name }) => !specs.machines.has(instanceId(project, name)),
    );
    if (stranger && volume) {
      entries.set(entry.id, refuse(volume, inUse(entry.name, stranger.name)));
      continue;
    }
    const restarts = running.map(({ name }) => name);
    const changes = [...entry.changes, { key: 'restarts', to: restarts.join(', ') }];
    entries.set(entry.id, { ...entry, changes, body: { ...entry.body, restarts } });
  }
}

function usersOf({ project, pool, name }: VolumeUpdate, observed: Observed) {
  return observed.instances.filter(
    (live) =>
      live.project === project &&
      Object.values(live.expanded_devices).some(
        (device) =>
          device.type === 'disk' &&
          device.pool === pool &&
          (device.source ?? '').split('/')[0] === name,
      ),
  );
}

function inUse(volume: string, machine: string): Refusal {
  return {
    code: 'volume-in-use',
    reason: {
      en: `'${machine}', which is not declared, runs with the volume '${volume}'; Incus prepares a volume for several machines only while none of them runs`,
      fr: `« ${machine} », qui n'est pas déclarée, tourne avec le volume « ${volume} » ; Incus ne prépare un volume pour plusieurs machines que si aucune ne tourne`,
    },
    remedy: {
      en: `Stop '${machine}', then apply again.`,
      fr: `Arrêtez « ${machine} », puis relancez apply.`,
    },
  };
}
