import { type Incus, isNotFound, readAndWrite } from '../../incus/index.ts';
import type { Wanted } from '../plan.ts';
import { complete, mergedConfig } from './merge.ts';

export async function createProject(incus: Incus, name: string, body: Wanted): Promise<void> {
  const config = complete(body.config);
  await incus.projects.create({ name, description: body.description ?? '', config });
}

export async function updateProject(incus: Incus, name: string, body: Wanted): Promise<void> {
  await readAndWrite(
    () => incus.projects.get(name),
    (live) => ({
      description: body.description ?? live.description,
      config: mergedConfig(live.config, body.config),
    }),
    (put, etag) => incus.projects.update(name, put, { etag }),
  );
}

export async function deleteProject(incus: Incus, name: string): Promise<void> {
  try {
    await incus.projects.delete(name);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
