import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { isLocked } from '../../engine/index.ts';
import type { Instance, StorageVolume } from '../../incus/index.ts';
import type { InstanceArchive, Manifest, VolumeArchive } from './manifest.ts';

export interface RestoreChoice {
  /** Only this machine of the backup. */
  readonly only?: string;
  /** The name it gets, when that is not its own. */
  readonly name?: string;
  /** The project it goes to, when that is not its own. */
  readonly project?: string;
  readonly pool?: string;
  /** A machine that has the name now is replaced. */
  readonly replace: boolean;
  /** Also one that is protected. */
  readonly force: boolean;
}

export interface RestoreVolume {
  readonly archive: VolumeArchive;
  readonly project: string;
  readonly pool: string;
  readonly name: string;
}

export interface RestoreInstance {
  readonly archive: InstanceArchive;
  readonly project: string;
  readonly name: string;
  readonly newcomer: boolean;
  readonly replace: boolean;
  readonly volumes: ReadonlyMap<string, string>;
}

export interface RestorePlan {
  readonly volumes: readonly RestoreVolume[];
  readonly instances: readonly RestoreInstance[];
  /** Volumes that are there already and stay as they are: `POOL/NAME`. */
  readonly kept: readonly string[];
}

/** What is on the daemon now. */
export interface Standing {
  readonly projects: readonly string[];
  readonly instances: readonly Instance[];
  readonly volumes: readonly StorageVolume[];
}

/** What a restore does, or the reason why it does nothing at all: everything is decided before the first change. */
export function planRestore(
  manifest: Manifest,
  choice: RestoreChoice,
  standing: Standing,
): RestorePlan {
  const wanted = manifest.archives.filter(
    (one): one is InstanceArchive =>
      one.kind === 'instance' && (choice.only === undefined || one.name === choice.only),
  );
  if (wanted.length === 0) throw notInBackup(choice.only);
  if (choice.name !== undefined && wanted.length > 1) throw oneName();
  const instances = wanted.map((archive) => instanceOf(archive, choice));
  const absent = [...new Set(instances.map(({ project }) => project))].filter(
    (project) => !standing.projects.includes(project),
  );
  if (absent.length > 0) throw noProject(absent);
  refuseTaken(instances, choice, standing);
  const kept = new Set<string>();
  const volumes = new Map<string, RestoreVolume>();
  for (const instance of instances)
    for (const volume of volumesFor(instance, manifest, choice)) {
      const key = `${volume.pool}/${volume.name}`;
      const stands = standing.volumes.some(
        (one) =>
          one.project === volume.project && one.pool === volume.pool && one.name === volume.name,
      );
      if (stands) kept.add(key);
      else volumes.set(`${volume.project}/${key}`, volume);
    }
  return { instances, volumes: [...volumes.values()], kept: [...kept] };
}

function instanceOf(archive: InstanceArchive, choice: RestoreChoice): RestoreInstance {
  const name = choice.name ?? archive.name;
  const newcomer = name !== archive.name;
  const volumes = archive.volumes.map((key) => [key, `${key.split('/').at(-1)}-${name}`] as const);
  return {
    archive,
    name,
    project: choice.project ?? archive.project,
    newcomer,
    replace: choice.replace,
    volumes: new Map(newcomer ? volumes : []),
  };
}

function volumesFor(
  { archive, project, volumes }: RestoreInstance,
  manifest: Manifest,
  { pool }: RestoreChoice,
): RestoreVolume[] {
  return manifest.archives.flatMap((one) => {
    if (one.kind !== 'volume' || one.project !== archive.project) return [];
    const key = `${one.pool}/${one.name}`;
    if (!archive.volumes.includes(key)) return [];
    return [{ archive: one, project, pool: pool ?? one.pool, name: volumes.get(key) ?? one.name }];
  });
}

function refuseTaken(
  instances: readonly RestoreInstance[],
  { replace, force }: RestoreChoice,
  standing: Standing,
): void {
  const taken = instances.flatMap(({ name, project }) =>
    standing.instances.filter((one) => one.name === name && one.project === project),
  );
  if (taken.length > 0 && !replace) throw alreadyThere(taken.map(({ name }) => name));
  const guarded = taken.filter(isLocked);
  if (guarded.length > 0 && !force) throw isProtected(guarded.map(({ name }) => name));
}

function notInBackup(only: string | undefined): AnklumeError {
  return new AnklumeError({
    code: 'not-in-backup',
    exit: ExitCode.usage,
    message:
      only === undefined
        ? {
            en: 'This backup holds no machine.',
            fr: 'Cette sauvegarde ne contient aucune machine.',
          }
        : {
            en: `This backup holds no machine '${only}'.`,
            fr: `Cette sauvegarde ne contient pas de machine « ${only} ».`,
          },
  });
}

function oneName(): AnklumeError {
  return new AnklumeError({
    code: 'one-name',
    exit: ExitCode.usage,
    message: {
      en: 'A new name is for one machine, and this backup holds several.',
      fr: 'Un nouveau nom vaut pour une machine, et cette sauvegarde en contient plusieurs.',
    },
    remedy: { en: 'Name the archive of one of them.', fr: "Indiquez l'archive de l'une d'elles." },
  });
}

function noProject(projects: readonly string[]): AnklumeError {
  const names = projects.join(', ');
  return new AnklumeError({
    code: 'no-project',
    message: {
      en: `The daemon has no project ${names}: machines need their profiles and networks.`,
      fr: `Le démon n'a pas de projet ${names} : les machines ont besoin de leurs profils et réseaux.`,
    },
    remedy: {
      en: "Make them first: 'anklume apply --tags networks,projects,profiles' (the backup holds infra.yml: --project-to DIR).",
      fr: "Créez-les d'abord : « anklume apply --tags networks,projects,profiles » (la sauvegarde contient infra.yml : --project-to DOSSIER).",
    },
  });
}

function alreadyThere(names: readonly string[]): AnklumeError {
  return new AnklumeError({
    code: 'already-there',
    message: {
      en: `Already on the daemon: ${names.join(', ')}. Nothing was changed there.`,
      fr: `Déjà sur le démon : ${names.join(', ')}. Rien n'y a été modifié.`,
    },
    remedy: {
      en: 'Give a new name after the archive, or --replace to put the backup in its place.',
      fr: "Donnez un nouveau nom après l'archive, ou --replace pour mettre la sauvegarde à sa place.",
    },
  });
}

function isProtected(names: readonly string[]): AnklumeError {
  return new AnklumeError({
    code: 'protected',
    message: {
      en: `Protected from deletion: ${names.join(', ')}. Nothing was changed.`,
      fr: `Protégées contre la suppression : ${names.join(', ')}. Rien n'a été modifié.`,
    },
    remedy: {
      en: 'Add --force if what is there now may be deleted.',
      fr: "Ajoutez --force si ce qui s'y trouve peut vraiment disparaître.",
    },
  });
}
