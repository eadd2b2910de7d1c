import { type Incus, isKind, isNotFound } from '../../incus/index.ts';
import { CONTEXT_FOLDER, contextValues } from '../../nesting/index.ts';
import type { NestingContext } from '../../world/infra/index.ts';
import { hasNode } from './ask.ts';
import {
  adminDevices,
  adminMarks,
  canBeShared,
  DEVICES,
  HOME,
  MARK,
  type Setting,
} from './devices.ts';
import { noNode, notMade, notRunning, notShareable, notShifted } from './errors.ts';
import { type AdminPlace, changeInstance, without } from './place.ts';

/**
 * Gives a running machine what an admin container needs. A second time changes nothing but what differs.
 * Throws `admin-folder` (exit 2), `admin-stopped`, `admin-no-node` and `admin-no-shift` (exit 4).
 */
export async function setUpAdmin(
  incus: Incus,
  place: AdminPlace,
  setting: Setting,
  host: NestingContext,
): Promise<void> {
  if (!canBeShared(setting.root)) throw notShareable(setting.root);
  const { project, instance } = place;
  const live = await incus.instances.get(instance, { project }).catch(unlessAbsent);
  if (!live) throw notMade(instance);
  if (live.value.status !== 'Running') throw notRunning(instance);
  if (!(await hasNode(incus, place))) throw noNode(instance);
  const { uid, gid } = setting.owner;
  await incus.instances.makeFolder(instance, '/var/lib/incus', { project, mode: 0o711 });
  await incus.instances.makeFolder(instance, HOME, { project, mode: 0o700, uid, gid });
  await tellHost(incus, place, host);
  try {
    await changeInstance(incus, place, ({ config, devices }) => ({
      config: { ...config, ...adminMarks(setting) },
      devices: { ...without(devices, DEVICES), ...adminDevices(setting, config) },
    }));
  } catch (error) {
    if (isKind(error, 'invalid', 'failed') && /idmap/i.test(error.untrustedWords))
      throw notShifted(setting, error);
    throw error;
  }
}

/** Takes it away again; the machine and what it holds stay. True when there was something. */
export async function takeDownAdmin(incus: Incus, place: AdminPlace): Promise<boolean> {
  const { project, instance } = place;
  const { value } = await incus.instances.get(instance, { project });
  if (value.config[MARK.root] === undefined) return false;
  await changeInstance(incus, place, ({ config, devices }) => ({
    config: without(config, Object.values(MARK)),
    devices: without(devices, DEVICES),
  }));
  for (const name of Object.keys(hostFiles()))
    await incus.instances.deleteFile(instance, `${FOLDER}/${name}`, { project });
  await incus.instances.deleteFile(instance, FOLDER, { project });
  return true;
}

function unlessAbsent(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
}

const FOLDER = `${CONTEXT_FOLDER}/host`;

/** The host's own context. An unstated level stays unstated: names hang on it. */
function hostFiles(host?: NestingContext): Record<string, string> {
  const values = contextValues(host ?? { relativeLevel: 0, vmNested: false, yolo: false });
  const unstated = host?.absoluteLevel === undefined;
  return { ...values, ...(unstated && { absolute_level: '' }) };
}

async function tellHost(
  incus: Incus,
  { project, instance }: AdminPlace,
  host: NestingContext,
): Promise<void> {
  for (const folder of [CONTEXT_FOLDER, FOLDER])
    await incus.instances.makeFolder(instance, folder, { project, mode: 0o755 });
  for (const [name, value] of Object.entries(hostFiles(host)))
    await incus.instances.writeFile(instance, `${FOLDER}/${name}`, `${value}\n`, {
      project,
      mode: 0o644,
    });
}
