import { type CopyPut, dressCopy, makeCopy, scrub } from '../../copies/index.ts';
import { MARK, type PlanEntry } from '../../engine/index.ts';
import { type Incus, isKind, isNotFound, type WireDevices } from '../../incus/index.ts';
import { hasNestingTemplates, splitMarks, tellContext } from '../../nesting/index.ts';
import { type Repairs, startMachine } from '../../repair/index.ts';
import { makeKeysAtBoot } from './host-keys.ts';
import { type Place, PRISTINE } from './pristine.ts';

type Creation = Extract<PlanEntry, { readonly action: 'create' | 'recreate' }>;

/** What stays of the template: the daemon's own keys, and what its image said of itself. */
const STAYS = /^(volatile|image)\./;

/**
 * Makes the machine of a plan's entry from the state of a template, in place of an image. The copy carries a mark
 * until it is whole and has lost the template's identity: one that was cut short before is removed first.
 */
export async function makeDerived(
  incus: Incus,
  template: Place,
  version: string,
  { action, name, project = 'default', body }: Creation,
  start: boolean,
  repairs: Repairs = {},
): Promise<void> {
  const place = { project, name };
  if (action === 'recreate') await removeTorn(incus, place);
  const config = {
    ...complete(body.config),
    [MARK.derivedFrom]: `${template.project}/${template.instance}`,
    [MARK.derivedVersion]: version,
  };
  const put = {
    config,
    devices: complete(body.devices ?? {}),
    profiles: body.profiles ?? [],
    description: body.description ?? '',
  };
  // Neither a template itself, nor whole yet; and not held by the template's protection.
  const unfinished = {
    ...config,
    [MARK.pending]: 'copy',
    [MARK.template]: 'false',
    'security.protection.delete': 'false',
  };
  const devices = { ...(await rootOf(incus, project, put)), ...put.devices };
  const halfway = { ...put, devices, config: unfinished };
  await makeCopy(incus, { ...template, snapshot: PRISTINE }, place, halfway);
  {
    await using files = await incus.instances.files(name, { project });
    await makeKeysAtBoot(files);
    await scrub(files);
  }
  const { marks } = splitMarks(config);
  const { value: live } = await incus.instances.get(name, { project });
  const properties = Object.fromEntries(
    Object.entries(live.config).map(([key, value]) => [key.replace(/^image\./, ''), value]),
  );
  if (!hasNestingTemplates(properties)) await tellContext(incus, place, marks);
  await dressCopy(incus, place, put, STAYS);
  if (start) await startMachine(incus, place, repairs);
}

/** The disk that the machine's profiles give it: its template may have one of its own, on another pool. */
async function rootOf(
  incus: Incus,
  project: string,
  { profiles, devices }: Pick<CopyPut, 'profiles' | 'devices'>,
): Promise<WireDevices> {
  const isRoot = ({ type, path }: WireDevices[string]) => type === 'disk' && path === '/';
  if (Object.values(devices).some(isRoot)) return {};
  const all = await Promise.all(
    profiles.map(async (name) => (await incus.profiles.get(name, { project })).value.devices),
  );
  const given = all.flatMap((one) => Object.entries(one).filter(([, device]) => isRoot(device)));
  return Object.fromEntries(given.slice(-1));
}

/** Its files are those of the template: nothing of it is anybody's. */
async function removeTorn(
  incus: Incus,
  { project, name }: { readonly project: string; readonly name: string },
): Promise<void> {
  try {
    const config = { 'security.protection.delete': 'false' };
    await incus.instances.patch(name, { config }, { project }).catch((error: unknown) => {
      // It may lack its volume, and then only its record is changed.
      if (!isKind(error, 'failed')) throw error;
    });
    await incus.instances.delete(name, { project });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** A plan's entry of a creation holds no value that is to be removed. */
function complete<V>(values: Readonly<Record<string, V | null>>): Record<string, V> {
  return Object.fromEntries(
    Object.entries(values).filter((pair): pair is [string, V] => pair[1] !== null),
  );
}
