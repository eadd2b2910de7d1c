import { setTimeout as pause } from 'node:timers/promises';
import { AnklumeError } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import {
  type Image,
  type Incus,
  isInProjects,
  isKind,
  isNotFound,
  readAndWrite,
} from '../../incus/index.ts';
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
      if (!isKind(error, 'in-use')) throw error;
      await removeCopies(incus, name);
      if (performance.now() > end) throw error;
      await incus.operations.settled((path) => isInProjects(path, new Set([name])));
      await pause(200);
    }
}

/**
 * Images in a project that has its own: what the daemon fetched for a machine, and what stands in the default project
 * too, are copies. One that somebody made stays, and the project with it.
 */
async function removeCopies(incus: Incus, name: string): Promise<void> {
  const { value: project } = await incus.projects.get(name);
  if (project.config['features.images'] !== 'true') return;
  const shared = new Set((await incus.images.list()).map(({ fingerprint }) => fingerprint));
  const own = await incus.images.list({ project: name });
  const made = own.filter(({ cached, fingerprint }) => !cached && !shared.has(fingerprint));
  if (made.length > 0) throw holdsImages(name, made);
  for (const { fingerprint } of own) await incus.images.delete(fingerprint, { project: name });
}

function holdsImages(project: string, images: readonly Image[]): AnklumeError {
  const names = printable(
    images
      .map(({ aliases, fingerprint }) => aliases[0]?.name ?? fingerprint.slice(0, 12))
      .join(', '),
  );
  return new AnklumeError({
    code: 'project-holds-images',
    message: {
      en: `The project '${project}' stays: it has images of its own (${names}), which stand nowhere else.`,
      fr: `Le projet « ${project} » reste : il a ses propres images (${names}), qui ne sont nulle part ailleurs.`,
    },
    remedy: {
      en: `Copy what you need ('anklume incus -- image export'), delete them with 'anklume incus -- image delete --project ${project}', and run the command again.`,
      fr: `Copiez ce qu'il vous faut (« anklume incus -- image export »), supprimez-les avec « anklume incus -- image delete --project ${project} », puis relancez la commande.`,
    },
  });
}
