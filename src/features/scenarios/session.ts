import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { silent, step } from '../../base/messages/index.ts';
import { acquireLock, homeFolder, makeFolders } from '../../base/system/index.ts';
import { probeImage } from '../../images/index.ts';
import { connect } from '../../incus/index.ts';
import { deleteSandbox, type InstallOptions, startSandbox } from '../../sandbox/index.ts';

/** What the steps need to know of the place that they work in. */
export interface SessionPlace {
  /** ANKLUME_HOME of the commands that they run. */
  readonly home: string;
  readonly socket: string;
  readonly incusDir: string;
  /** Process number of the sandbox's first process: the door to its namespaces. */
  readonly holder: number;
  /** Folder for their projects. */
  readonly projects: string;
  /** Alias of the image that every machine is made from. */
  readonly image: string;
}

export interface Session {
  readonly place: SessionPlace;
  /** How often each image came into the sandbox so far, by the daemon's own account. */
  imports(): { alias: string; imports: number }[];
}

const NAME = 'scenarios';
const IMAGE = 'probe';

/**
 * Runs `work` in a fresh sandbox with its images in place, in a home folder of its own. Both are gone afterwards,
 * whatever happened; what a session that was killed left behind goes first. The sandbox has no way out, so nothing
 * can be fetched later.
 */
export async function inSession<T>(
  options: InstallOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { emit = silent, signal } = options;
  const home = join(homeFolder(), 'scenarios', 'session');
  await using _lock = await acquireLock(`scenarios:${home}`, {
    command: 'scenario run',
    wait: true,
    emit,
    ...(signal && { signal }),
  });
  await clear(home);
  try {
    const projects = join(home, 'projects');
    await makeFolders(projects, 0o700);
    const sandbox = await startSandbox(NAME, { ...options, home });
    const { socket, incusDir, holder } = sandbox;
    const incus = await connect({ socket });
    const stopped = new AbortController();
    try {
      const label = { en: 'Importing the image', fr: "Importation de l'image" };
      const fingerprint = await step(emit, { id: `image:${IMAGE}`, label }, async () =>
        incus.images.importFile(await probeImage(), { aliases: [IMAGE] }),
      );
      const later: string[] = [];
      const listening = listen(incus.events(['lifecycle'], stopped.signal), later);
      const imports = () => [
        { alias: IMAGE, imports: 1 + later.filter((url) => url.includes(fingerprint)).length },
      ];
      const place = { home, socket, incusDir, holder, projects, image: IMAGE };
      const result = await work({ place, imports });
      stopped.abort();
      await listening;
      return result;
    } finally {
      stopped.abort();
      await incus.close();
    }
  } finally {
    await clear(home);
  }
}

/** Keeps the names of images that are made. */
async function listen(
  events: ReturnType<Awaited<ReturnType<typeof connect>>['events']>,
  urls: string[],
): Promise<void> {
  for await (const item of events)
    if (item.type === 'lifecycle' && item.metadata.action === 'image-created')
      urls.push(item.metadata.source);
}

async function clear(home: string): Promise<void> {
  await deleteSandbox(NAME, { home });
  await rm(home, { recursive: true, force: true });
}
