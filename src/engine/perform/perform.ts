import type { Incus } from '../../incus/index.ts';
import { repaired, startMachine } from '../../repair/index.ts';
import type { PlanEntry } from '../plan.ts';
import { repairBridge } from './bridge.ts';
import type { PerformContext } from './context.ts';
import { provideImage } from './image.ts';
import { createInstance, deleteInstance, recreateInstance, updateInstance } from './instance.ts';
import { moveNetwork } from './move.ts';
import { createNetwork, deleteNetwork, recreateNetwork, updateNetwork } from './network.ts';
import { createProfile, deleteProfile, updateProfile } from './profile.ts';
import { createProject, deleteProject, updateProject } from './project.ts';
import { createVolume, deleteVolume, updateVolume } from './volume.ts';

/** Carries out one entry. What it writes is in the entry alone: no decision is taken here. */
export async function perform(
  incus: Incus,
  entry: PlanEntry,
  context: PerformContext,
): Promise<void> {
  if (entry.action === 'refuse') return;
  const holdsData = entry.kind === 'instance' || entry.kind === 'volume';
  if (entry.action === 'delete' && holdsData && context.discard) return context.discard(entry);
  switch (entry.kind) {
    case 'network':
      return performNetwork(incus, entry, context);
    case 'project':
      return performProject(incus, entry);
    case 'profile':
      return performProfile(incus, entry);
    case 'volume':
      return performVolume(incus, entry);
    case 'image':
      return provideImage(incus, entry, context);
    case 'instance':
      return context.stillness.moving(() => performInstance(incus, entry, context));
  }
}

type Doable = Exclude<PlanEntry, { readonly action: 'refuse' }>;

async function performNetwork(incus: Incus, entry: Doable, context: PerformContext): Promise<void> {
  const { stillness } = context;
  if (entry.action === 'delete') return deleteNetwork(incus, entry.name, stillness);
  if (entry.action === 'recreate') return recreateNetwork(incus, entry.name, entry.body, context);
  if (entry.action === 'create') return createNetwork(incus, entry.name, entry.body, context);
  if (entry.action !== 'update') return;
  if (entry.body.moves) return moveNetwork(incus, entry.name, entry.body, context);
  await updateNetwork(incus, entry.name, entry.body, context);
  const { repairs } = entry.body;
  if (repairs) await repairBridge(incus, entry.name, repairs, context);
}

async function performProject(incus: Incus, entry: Doable): Promise<void> {
  if (entry.action === 'delete') return deleteProject(incus, entry.name);
  if (entry.action === 'create') return createProject(incus, entry.name, entry.body);
  if (entry.action === 'update') return updateProject(incus, entry.name, entry.body);
}

async function performProfile(incus: Incus, entry: Doable): Promise<void> {
  const project = entry.project ?? '';
  if (entry.action === 'delete') return deleteProfile(incus, project, entry.name);
  if (entry.action === 'create') return createProfile(incus, project, entry.name, entry.body);
  if (entry.action === 'update') return updateProfile(incus, project, entry.name, entry.body);
}

async function performVolume(incus: Incus, entry: Doable): Promise<void> {
  const place = { pool: entry.pool ?? '', project: entry.project ?? '', name: entry.name };
  if (entry.action === 'delete') return deleteVolume(incus, place);
  if (entry.action === 'create') return createVolume(incus, place, entry.body);
  if (entry.action === 'update') return updateVolume(incus, place, entry.body);
}

async function performInstance(
  incus: Incus,
  entry: Doable,
  context: PerformContext,
): Promise<void> {
  const place = { project: entry.project ?? '', name: entry.name };
  if (context.make && (entry.action === 'create' || entry.action === 'recreate'))
    return context.make(entry);
  switch (entry.action) {
    case 'create':
      return createInstance(incus, place, entry.body, context);
    case 'update':
      return repaired(incus, place, context, () =>
        updateInstance(incus, place, entry.body, context),
      );
    case 'recreate':
      return recreateInstance(incus, place, entry.body, context);
    case 'start':
      return startMachine(incus, place, context);
    case 'delete':
      return repaired(incus, place, context, () => deleteInstance(incus, place, entry.unprotect));
  }
}
