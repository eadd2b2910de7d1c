import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { choosePool, MARK } from '../../engine/index.ts';
import { type Incus, isKind, isNotFound } from '../../incus/index.ts';
import { OWN_PROJECT } from './home.ts';

const CONFIG = {
  'features.images': 'false',
  'features.networks': 'false',
  'features.profiles': 'true',
  'features.storage.volumes': 'true',
  [MARK.disposable]: 'true',
};

/** The project of machines without network, with a profile that gives them a disk and nothing else. */
export async function ensureOwnProject(incus: Incus): Promise<void> {
  const profile = await readProfile(incus);
  if (profile?.devices.root) return;
  if (!profile) await createProject(incus);
  const [pools, profiles] = await Promise.all([incus.pools.list(), incus.profiles.list()]);
  const pool = choosePool({ pools, profiles }, OWN_PROJECT);
  if (pool === undefined) throw noPool();
  const devices = { root: { type: 'disk', path: '/', pool } };
  const put = { description: 'A disk, and no network', config: {}, devices };
  await incus.profiles.update('default', put, { project: OWN_PROJECT });
}

/** Takes it away when nothing is in it; the daemon refuses otherwise. */
export async function dropOwnProject(incus: Incus): Promise<void> {
  try {
    await incus.projects.delete(OWN_PROJECT);
  } catch (error) {
    if (!(error instanceof AnklumeError)) throw error;
  }
}

async function readProfile(incus: Incus) {
  try {
    return (await incus.profiles.get('default', { project: OWN_PROJECT })).value;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function createProject(incus: Incus): Promise<void> {
  const description = 'Disposable machines of anklume without a network';
  try {
    await incus.projects.create({ name: OWN_PROJECT, description, config: CONFIG });
  } catch (error) {
    // Somebody else was faster.
    if (!isKind(error, 'already-exists')) throw error;
  }
}

function noPool(): AnklumeError {
  return new AnklumeError({
    code: 'no-pool',
    exit: ExitCode.environment,
    message: {
      en: 'The daemon has no storage pool that could be chosen for the disk of the machine.',
      fr: "Le démon n'a aucun pool de stockage qui puisse être choisi pour le disque de la machine.",
    },
    remedy: {
      en: "Create one named 'default': anklume incus -- storage create default btrfs",
      fr: 'Créez-en un nommé « default » : anklume incus -- storage create default btrfs',
    },
  });
}
