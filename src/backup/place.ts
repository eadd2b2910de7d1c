import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Incus, isNotFound } from '../incus/index.ts';
import { asNewcomer } from './identity.ts';

/** Names that things have until they are whole; what has one at the start of a run was left by a killed one. */
const UNFINISHED = 'anklume-restore-';

/** Where an instance is to stand, and as what. */
export interface InstancePlace {
  readonly project: string;
  readonly name: string;
  /** Default: the pool it was in. */
  readonly pool?: string;
  /** It stands beside the one it was taken from: with another card and address, and without our marks. */
  readonly newcomer: boolean;
  /** `POOL/NAME` of its volumes to their new names. */
  readonly volumes: ReadonlyMap<string, string>;
  /** The instance that has the name now goes, once this one is whole. */
  readonly replace: boolean;
}

interface Options {
  readonly signal?: AbortSignal;
}

/**
 * Waits for what the daemon still does with the instances of these names: it ends what a killed run asked for, such
 * as stopping or removing one, and until then takes no other order for it.
 */
export async function instancesSettled(incus: Incus, names: readonly string[]): Promise<void> {
  await incus.operations.settled((path) =>
    names.includes(/\/instances\/([^/?]+)/.exec(path)?.[1] ?? ''),
  );
}

/** Removes what killed runs left in a project. To be called under the lock of backups. */
export async function removeUnfinished(incus: Incus, project: string): Promise<void> {
  await incus.operations.settled((path) => path.includes(UNFINISHED));
  const instances = await incus.instances.list();
  for (const { name } of instances.filter((one) => one.project === project))
    if (name.startsWith(UNFINISHED)) await removeInstance(incus, project, name);
  for (const pool of await incus.pools.list())
    for (const volume of await incus.volumes.list(pool.name))
      if (volume.project === project && volume.name.startsWith(UNFINISHED))
        await incus.volumes.delete(pool.name, volume.name, { project });
}

/** Makes an instance from the bytes of a backup. It has its name only when it is whole and as it should be. */
export async function placeInstance(
  incus: Incus,
  bytes: () => AsyncIterable<Buffer>,
  place: InstancePlace,
  { signal }: Options = {},
): Promise<void> {
  const { project, name } = place;
  const unfinished = `${UNFINISHED}${randomBytes(4).toString('hex')}`;
  const upload = { open: () => Readable.from(bytes()) };
  try {
    await incus.backups.import('instance', upload, {
      name: unfinished,
      project,
      ...(place.pool !== undefined && { pool: place.pool }),
      ...(signal && { signal }),
    });
    if (place.newcomer) {
      const { value, etag } = await incus.instances.get(unfinished, { project });
      const put = asNewcomer(value, place.volumes);
      await incus.instances.update(unfinished, put, { project, etag });
    }
    if (place.replace) await removeInstance(incus, project, name);
    await incus.instances.rename(unfinished, name, { project });
  } catch (error) {
    await removeInstance(incus, project, unfinished).catch(() => {});
    throw error;
  }
}

/** Makes a custom volume from the bytes of a backup; it too has its name only when it is whole. */
export async function placeVolume(
  incus: Incus,
  bytes: () => AsyncIterable<Buffer>,
  {
    project,
    pool,
    name,
  }: { readonly project: string; readonly pool: string; readonly name: string },
  { signal }: Options = {},
): Promise<void> {
  const unfinished = `${UNFINISHED}${randomBytes(4).toString('hex')}`;
  const upload = { open: () => Readable.from(bytes()) };
  const bounded = signal ? { signal } : {};
  try {
    await incus.backups.import('volume', upload, { name: unfinished, project, pool, ...bounded });
    await incus.volumes.rename(pool, unfinished, name, { project });
  } catch (error) {
    await incus.volumes.delete(pool, unfinished, { project }).catch(() => {});
    throw error;
  }
}

/** Removes an instance whatever state it is in; one that is gone already is a success. */
async function removeInstance(incus: Incus, project: string, name: string): Promise<void> {
  try {
    await incus.instances.patch(
      name,
      { config: { 'security.protection.delete': 'false' } },
      { project },
    );
    await incus.instances.setState(name, 'stop', { project, force: true });
    await incus.instances.delete(name, { project });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
