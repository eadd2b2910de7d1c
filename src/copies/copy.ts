import { type Incus, type InstancePut, readAndWrite, type WireDevices } from '../incus/index.ts';
import { readyMachine, repaired } from '../repair/index.ts';

/** What a copy is made of: a machine as it is, or as it was in a snapshot. */
export interface Original {
  readonly project: string;
  readonly instance: string;
  readonly snapshot?: string;
}

/** What a copy is to have of its own. */
export type CopyPut = Pick<InstancePut, 'config' | 'devices' | 'profiles' | 'description'>;

interface Place {
  readonly project: string;
  readonly name: string;
}

/**
 * Makes a copy that is stopped. A copy takes the keys and devices of its original along: those of other names are
 * still there, devices without effect, until `dressCopy`.
 */
export async function makeCopy(
  incus: Incus,
  { project, instance, snapshot }: Original,
  place: Place,
  { config, devices, profiles, description }: CopyPut,
): Promise<void> {
  const from = { name: instance, project };
  const original =
    snapshot === undefined
      ? (await readyMachine(incus, from, {})).devices
      : ((await incus.snapshots.get(instance, snapshot, { project })).devices ?? {});
  // What is not named comes along, and a card with the address of another is refused.
  const without: WireDevices = Object.fromEntries(
    Object.keys(original).map((device) => [device, { type: 'none' }]),
  );
  const source = snapshot === undefined ? instance : `${instance}/${snapshot}`;
  const post = {
    name: place.name,
    type: 'container' as const,
    description,
    source: { type: 'copy' as const, source, project },
    profiles,
    config,
    devices: { ...without, ...devices },
  };
  await repaired(incus, from, {}, () => incus.instances.create(post, { project: place.project }));
}

/** Gives a copy what it is to have, and takes away all that it has from its original but the keys that `stays` names. */
export async function dressCopy(
  incus: Incus,
  { project, name }: Place,
  { config, ...put }: CopyPut,
  stays: RegExp,
): Promise<void> {
  await readAndWrite(
    () => incus.instances.get(name, { project }),
    (live) => ({
      ...put,
      architecture: live.architecture,
      ephemeral: false,
      stateful: false,
      config: {
        ...Object.fromEntries(Object.entries(live.config).filter(([key]) => stays.test(key))),
        ...config,
      },
    }),
    (whole, etag) => incus.instances.update(name, whole, { project, etag }),
  );
}

/**
 * What the image of a machine said of itself, and so what an image of the machine says: among it, that the daemon
 * writes the nesting context. Not that it is a kept machine of the cache, which is true of that one image alone.
 */
export function imageProperties(config: InstancePut['config']): Record<string, string> {
  const prefix = 'image.';
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix) && !key.startsWith(`${prefix}anklume.golden.`))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}
