import { AnklumeError } from '../base/messages/index.ts';
import { type Incus, isKind, isNotFound } from '../incus/index.ts';

/** The Incus project in which copies of machines are made fit to be images. It is there only meanwhile. */
export const GOLDEN_PROJECT = 'anklume-golden';

/** On that project and what is in it, so that nobody else's is touched. */
export const OURS = 'user.anklume.golden';

/** Runs `work` while the project is there; what an earlier run left in it goes first. */
export async function inProject<T>(incus: Incus, work: () => Promise<T>): Promise<T> {
  await clearProject(incus);
  const config = {
    'features.images': 'false',
    'features.networks': 'false',
    'features.profiles': 'true',
    'features.storage.volumes': 'true',
    [OURS]: 'true',
  };
  const description = 'Copies of machines on their way to become images of anklume';
  try {
    await incus.projects.create({ name: GOLDEN_PROJECT, description, config });
  } catch (error) {
    if (!isKind(error, 'already-exists')) throw error;
    throw taken();
  }
  try {
    return await work();
  } finally {
    await clearProject(incus).catch((error: unknown) => {
      // What is left goes with the next run.
      if (!(error instanceof AnklumeError)) throw error;
    });
  }
}

/** Removes the project with the copies that are in it, if it is ours. */
export async function clearProject(incus: Incus): Promise<void> {
  const found = (await incus.projects.list()).find(({ name }) => name === GOLDEN_PROJECT);
  if (found?.config[OURS] !== 'true') return;
  // Of a run that was killed. A copy that went while the daemon reads it could become an image that lacks files and
  // says that it is whole.
  await incus.operations.settled(() => true, { project: GOLDEN_PROJECT });
  const all = await incus.instances.list();
  for (const { name, project } of all)
    if (project === GOLDEN_PROJECT) await removeCopy(incus, name);
  await incus.projects.delete(GOLDEN_PROJECT);
}

async function removeCopy(incus: Incus, name: string): Promise<void> {
  const project = GOLDEN_PROJECT;
  try {
    await incus.instances.delete(name, { project });
  } catch (error) {
    if (isNotFound(error)) return;
    if (!isKind(error, 'protected', 'failed', 'invalid', 'forbidden')) throw error;
    // It came along with the protection of the machine, and the run ended before it was lifted.
    const config = { 'security.protection.delete': 'false' };
    await incus.instances.patch(name, { config }, { project });
    await incus.instances.delete(name, { project });
  }
}

function taken(): AnklumeError {
  return new AnklumeError({
    code: 'golden-taken',
    message: {
      en: `The Incus project '${GOLDEN_PROJECT}' exists and was not made by anklume.`,
      fr: `Le projet Incus « ${GOLDEN_PROJECT} » existe et n'a pas été créé par anklume.`,
    },
    remedy: {
      en: 'Rename it, or apply with --no-cache.',
      fr: 'Renommez-le, ou lancez apply avec --no-cache.',
    },
  });
}
