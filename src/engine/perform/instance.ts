import {
  hasHostInterface,
  type Incus,
  IncusError,
  type Instance,
  type InstancePost,
  type InstancePut,
  isKind,
  isNotFound,
  readAndWrite,
} from '../../incus/index.ts';
import { splitMarks } from '../../nesting/index.ts';
import { startMachine } from '../../repair/index.ts';
import { isOn } from '../../world/infra/index.ts';
import { isLocked } from '../marks.ts';
import type { Wanted } from '../plan.ts';
import { imageAlias } from '../resources/image.ts';
import type { PerformContext } from './context.ts';
import { refuseTooSmall } from './held.ts';
import { complete, mergedConfig, mergedDevices } from './merge.ts';
import { type ImageSource, tellMachine } from './nesting.ts';

export interface InstancePlace {
  readonly project: string;
  readonly name: string;
}

/** How long a guest may take to stop by itself before it is ended; a container needs about one. */
const CLEAN_STOP_SECONDS = 10;

/**
 * Creation and start are one operation: one request, one wait. Only a machine that has to be told where it stands,
 * and whose image does not see to it, is started after that.
 */
export async function createInstance(
  incus: Incus,
  place: InstancePlace,
  body: Wanted,
  context: PerformContext,
): Promise<void> {
  const { project, name } = place;
  const source = sourceOf(body);
  const { marks, others } = splitMarks(body.config);
  const tells = Object.keys(marks).length > 0 && !(await context.templates.inside(incus, source));
  const post: InstancePost = {
    name,
    type: body.type ?? 'container',
    description: body.description ?? '',
    start: !tells && (body.start ?? false),
    source: { type: 'image', ...source },
    profiles: body.profiles ?? [],
    config: complete(tells ? others : body.config),
    devices: complete(body.devices),
  };
  try {
    await incus.instances.create(post, { project });
  } catch (error) {
    // It is made, and what a killed start left is in the way of its own.
    if (!(error instanceof IncusError) || !hasHostInterface(error.untrustedWords)) throw error;
    await startMachine(incus, place, context);
  }
  if (!tells) return;
  await tellAndRecord(incus, place, marks, context);
  if (body.start) await startMachine(incus, place, context);
}

/** The image that a machine is made from. */
function sourceOf({ fingerprint, image = '', type }: Wanted): ImageSource {
  return fingerprint === undefined ? { alias: imageAlias(image, type) } : { fingerprint };
}

/** The files first, then the keys that say they are there. */
async function tellAndRecord(
  incus: Incus,
  place: InstancePlace,
  marks: Wanted['config'],
  { emit }: PerformContext,
): Promise<void> {
  const { project, name } = place;
  const told = complete(await tellMachine(incus, place, marks, emit));
  if (Object.keys(told).length > 0)
    await incus.instances.patch(name, { config: told }, { project });
}

/** One that has to boot again is changed while it is stopped: Incus changes no NIC whose old address it refuses. */
export async function updateInstance(
  incus: Incus,
  place: InstancePlace,
  body: Wanted,
  context: PerformContext,
): Promise<void> {
  if (!body.restart) await change(incus, place, body, context);
  else {
    await stopInstance(incus, place);
    try {
      await change(incus, place, body, context);
    } catch (error) {
      // It ran before, and runs on as it was.
      await startMachine(incus, place, context).catch(() => undefined);
      throw error;
    }
  }
  if (body.start || body.restart) await startMachine(incus, place, context);
}

async function change(
  incus: Incus,
  place: InstancePlace,
  body: Wanted,
  context: PerformContext,
): Promise<void> {
  const { project, name } = place;
  await refuseSmallRoot(incus, place, body);
  const config = await tellMachine(incus, place, body.config, context.emit);
  await readAndWrite(
    () => incus.instances.get(name, { project }),
    (live) => putWith(live, { ...body, config }),
    (put, etag) => incus.instances.update(name, put, { project, etag }),
  );
}

async function refuseSmallRoot(incus: Incus, place: InstancePlace, body: Wanted): Promise<void> {
  const root = Object.entries(body.devices ?? {}).find(([, device]) => device?.path === '/');
  if (root?.[1]?.size === undefined) return;
  const { value } = await incus.instances.get(place.name, { project: place.project });
  const before = value.expanded_devices[root[0]]?.size;
  await refuseTooSmall(incus, { kind: 'root', device: root[0], ...place }, before, root[1].size);
}

/** What is read of an instance, with what is wanted of it in it. */
export function putWith(live: Instance, { config, devices, description, profiles }: Wanted) {
  return {
    architecture: live.architecture,
    config: mergedConfig(live.config, config),
    devices: mergedDevices(live.devices, devices),
    description: description ?? live.description,
    ephemeral: live.ephemeral,
    profiles: profiles ?? live.profiles,
    stateful: live.stateful,
  } satisfies InstancePut;
}

/** Asks the guest first, then ends it. */
export async function stopInstance(incus: Incus, { project, name }: InstancePlace): Promise<void> {
  try {
    await incus.instances.setState(name, 'stop', { project, timeoutSeconds: CLEAN_STOP_SECONDS });
  } catch (error) {
    if (!isKind(error, 'timeout', 'failed')) throw error;
    await incus.instances.setState(name, 'stop', { project, force: true });
  }
}

/** What it holds goes with it, so it is not asked to stop cleanly. */
export async function deleteInstance(
  incus: Incus,
  { project, name }: InstancePlace,
  unprotect = false,
): Promise<void> {
  try {
    if (unprotect) await liftProtection(incus, { project, name });
    await incus.instances.setState(name, 'stop', { project, force: true });
    await incus.instances.delete(name, { project });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/**
 * A torn instance is deleted and made again, never started or changed: either would write into the place of its
 * missing volume and leave remains that no call removes. A protected one cannot be deleted without a change,
 * so it gets a new root file system instead.
 */
export async function recreateInstance(
  incus: Incus,
  place: InstancePlace,
  body: Wanted,
  context: PerformContext,
): Promise<void> {
  const isProtected = isOn(body.config['security.protection.delete'] ?? undefined);
  if (isProtected && (await rebuilds(incus, place, body))) {
    await tellAndRecord(incus, place, splitMarks(body.config).marks, context);
    if (body.start) await startMachine(incus, place, context);
    return;
  }
  if (isProtected) await liftProtection(incus, place);
  const { project, name } = place;
  try {
    await incus.instances.delete(name, { project });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  await createInstance(incus, place, body, context);
}

/** False where not even the record of a volume was made: there is nothing to rebuild, nor anything in the way. */
async function rebuilds(incus: Incus, place: InstancePlace, body: Wanted): Promise<boolean> {
  const { project, name } = place;
  const source = { type: 'image', alias: imageAlias(body.image ?? '', body.type) };
  try {
    await incus.instances.rebuild(name, source, { project });
    return true;
  } catch (error) {
    if (isKind(error, 'unreachable', 'unknown-outcome', 'busy')) throw error;
    return false;
  }
}

/** The daemon saves the change, then fails to note it in the volume that is not there: a re-read tells. */
async function liftProtection(incus: Incus, { project, name }: InstancePlace): Promise<void> {
  const config = { 'security.protection.delete': 'false' };
  try {
    await incus.instances.patch(name, { config }, { project });
  } catch (error) {
    const { value } = await incus.instances.get(name, { project });
    if (isLocked(value)) throw error;
  }
}
