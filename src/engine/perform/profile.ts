import { type Incus, isNotFound, readAndWrite } from '../../incus/index.ts';
import type { Wanted } from '../plan.ts';
import { complete, mergedConfig, mergedDevices } from './merge.ts';

/** Incus makes the profile `default` together with its project: a new one is filled, not created. */
export async function createProfile(
  incus: Incus,
  project: string,
  name: string,
  body: Wanted,
): Promise<void> {
  const put = {
    description: body.description ?? '',
    config: complete(body.config),
    devices: complete(body.devices),
  };
  if (name === 'default') await incus.profiles.update(name, put, { project });
  else await incus.profiles.create({ name, ...put }, { project });
}

export async function updateProfile(
  incus: Incus,
  project: string,
  name: string,
  body: Wanted,
): Promise<void> {
  await readAndWrite(
    () => incus.profiles.get(name, { project }),
    (live) => ({
      description: body.description ?? live.description,
      config: mergedConfig(live.config, body.config),
      devices: mergedDevices(live.devices, body.devices),
    }),
    (put, etag) => incus.profiles.update(name, put, { project, etag }),
  );
}

export async function deleteProfile(incus: Incus, project: string, name: string): Promise<void> {
  try {
    await incus.profiles.delete(name, { project });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
