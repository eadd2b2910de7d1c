import { setTimeout as pause } from 'node:timers/promises';
import { type Incus, isInProjects, isKind, isNotFound, readAndWrite } from '../../incus/index.ts';
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

/** How long what went may still count as a project's content; it is let go of at the end of its operation. */
const PATIENCE_SECONDS = 5;

/** A machine that a killed run moved or removed is gone a moment before Incus has done with its volume. */
export async function deleteProject(incus: Incus, name: string): Promise<void> {
  const end = performance.now() + PATIENCE_SECONDS * 1000;
  for (;;)
    try {
      return await incus.projects.delete(name);
    } catch (error) {
      if (isNotFound(error)) return;
      if (!isKind(error, 'in-use') || performance.now() > end) throw error;
      await incus.operations.settled((path) => isInProjects(path, new Set([name])));
      await pause(200);
    }
}
