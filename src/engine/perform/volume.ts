import { type Incus, isNotFound, readAndWrite } from '../../incus/index.ts';
import type { Wanted } from '../plan.ts';
import { refuseTooSmall } from './held.ts';
import { stopInstance } from './instance.ts';
import { complete, mergedConfig } from './merge.ts';

/** Where a custom volume stands. */
export interface VolumePlace {
  readonly pool: string;
  readonly project: string;
  readonly name: string;
}

export async function createVolume(incus: Incus, place: VolumePlace, body: Wanted): Promise<void> {
  const post = { name: place.name, config: complete(body.config) };
  await incus.volumes.create(place.pool, post, { project: place.project });
}

export async function updateVolume(incus: Incus, place: VolumePlace, body: Wanted): Promise<void> {
  const { project } = place;
  const stopped: string[] = [];
  try {
    for (const name of body.restarts ?? []) {
      stopped.push(name);
      await stopInstance(incus, { project, name });
    }
    await writeVolume(incus, place, body);
  } finally {
    // Also when the change fails: they ran before it.
    await Promise.all(stopped.map((name) => incus.instances.setState(name, 'start', { project })));
  }
}

async function writeVolume(incus: Incus, place: VolumePlace, body: Wanted): Promise<void> {
  const { pool, name, project } = place;
  const { value } = await incus.volumes.get(pool, name, { project });
  await refuseTooSmall(incus, { kind: 'volume', ...place }, value.config.size, body.config.size);
  await readAndWrite(
    () => incus.volumes.get(pool, name, { project }),
    (live) => ({
      description: body.description ?? live.description,
      config: mergedConfig(live.config, body.config),
    }),
    (put, etag) => incus.volumes.update(pool, name, put, { project, etag }),
  );
}

export async function deleteVolume(incus: Incus, place: VolumePlace): Promise<void> {
  try {
    await incus.volumes.delete(place.pool, place.name, { project: place.project });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
