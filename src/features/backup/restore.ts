import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AnklumeError, type Emit, ExitCode, silent, step } from '../../base/messages/index.ts';
import { acquireLock, type Host, printable } from '../../base/system/index.ts';
import type { Incus } from '../../incus/index.ts';
import { startMachine } from '../../repair/index.ts';
import { readArchive } from './archive.ts';
import { originOf } from './archive-index.ts';
import { planRestore, type RestoreChoice, type RestorePlan } from './choose-restore.ts';
import { look } from './look.ts';
import { type Archive, type Manifest, manifestOf, readManifest } from './manifest.ts';
import { instanceIn, isEncrypted } from './names.ts';
import { instancesSettled, placeInstance, placeVolume } from './place.ts';
import { unprotect } from './protection.ts';
import { backupLock, recoverRestores } from './recover.ts';
import { unpackProject } from './unpack.ts';

export interface RestoreOptions extends RestoreChoice {
  readonly passphrase?: string;
  /** The project of a declared machine: for an archive that lies alone and says nothing of it. */
  readonly projectOf?: (machine: string) => string | undefined;
  /** Starts the machines afterwards. */
  readonly start: boolean;
  /** Where the daemon runs; absent for a remote one. */
  readonly host?: Host | undefined;
  /** Asked before a machine is replaced; throwing stops the run with nothing changed. */
  readonly confirm: (names: readonly string[]) => Promise<void>;
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
}

export interface Restored {
  readonly instances: readonly { readonly name: string; readonly project: string }[];
  readonly volumes: readonly string[];
  /** Volumes that were there already and stay as they are. */
  readonly kept: readonly string[];
}

/**
 * Puts machines of a backup back: all of its folder, or the one of an archive. Everything is checked before the
 * first change; a machine that is there already is refused unless it is to be replaced, and goes only once the one
 * from the backup is whole.
 */
export async function restoreBackup(
  incus: Incus,
  path: string,
  options: RestoreOptions,
): Promise<Restored> {
  const { emit = silent, signal, passphrase, start } = options;
  const { folder, manifest, only } = await openBackup(path, options);
  const waiting = { command: 'restore', wait: true, emit, ...(signal && { signal }) };
  await using _daemon = await acquireLock(backupLock(incus), waiting);
  await recoverRestores(incus, emit);
  await instancesSettled(incus, namesIn(manifest, options.name));
  const standing = await look(incus);
  const plan = planRestore(manifest, { ...options, ...(only !== undefined && { only }) }, standing);
  const taken = replaced(plan, standing.instances);
  if (taken.length > 0) await options.confirm(taken);
  const bytes = (archive: Archive) => () => opened(join(folder, archive.file), archive, passphrase);
  const bounded = signal ? { signal } : {};
  for (const volume of plan.volumes) {
    const { name, project, archive } = volume;
    const label = { en: `Restore the volume ${name}`, fr: `Restaurer le volume ${name}` };
    await step(emit, { id: `volume:${project}/${name}`, label }, () =>
      placeVolume(incus, bytes(archive), volume, bounded),
    );
  }
  for (const { archive, ...place } of plan.instances) {
    const { name, project } = place;
    const label = { en: `Restore ${name}`, fr: `Restaurer ${name}` };
    await step(emit, { id: `instance:${project}/${name}`, label }, async () => {
      const pool = options.pool === undefined ? {} : { pool: options.pool };
      const replace = taken.includes(name);
      await placeInstance(incus, bytes(archive), { ...place, ...pool, replace }, bounded);
      if (start) await startMachine(incus, { name, project }, { host: options.host, emit });
    });
  }
  return {
    instances: plan.instances.map(({ name, project }) => ({ name, project })),
    volumes: plan.volumes.map(({ pool, name }) => `${pool}/${name}`),
    kept: plan.kept,
  };
}

/**
 * Puts the files of the project (infra.yml, the tree, the person's own plays) into a folder, which must be empty or new.
 * Gives the names that were left out, being neither files nor folders, nor links that stay within.
 */
export async function restoreFiles(
  path: string,
  to: string,
  passphrase: string | undefined,
): Promise<readonly string[]> {
  const manifest = await readManifest(path);
  const archive = manifest.archives.find(({ kind }) => kind === 'files');
  if (!archive) throw noFiles(path);
  const there = await readdir(to).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (there.length > 0) throw notEmpty(to);
  return unpackProject(opened(join(path, archive.file), archive, passphrase), to);
}

/** The archive as it was before it was encrypted, and never to its end when it was damaged. */
function opened(
  path: string,
  archive: Archive | undefined,
  passphrase: string | undefined,
): AsyncIterable<Buffer> {
  const expected = archive && archive.sha256 !== UNKNOWN ? archive : undefined;
  const bytes = readArchive(path, expected);
  return isEncrypted(path) ? unprotect(bytes, passphrase) : bytes;
}

/** Stands for the checksum of an archive that nobody wrote down. */
const UNKNOWN = '';

async function openBackup(
  path: string,
  { name, project, projectOf, passphrase }: RestoreOptions,
): Promise<{ folder: string; manifest: Manifest; only?: string }> {
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isDirectory()) return { folder: path, manifest: await readManifest(path) };
  const [folder, file] = [dirname(path), basename(path)];
  // One that says to be empty and is not, as below /proc, would never end.
  if (!facts?.isFile() || facts.size === 0) throw noFile(path);
  const manifest = await readManifest(folder).catch(() => undefined);
  const entry = manifest?.archives.find((one) => one.file === file);
  if (manifest && entry?.kind === 'instance') return { folder, manifest, only: entry.name };
  const origin = await originOf(opened(path, undefined, passphrase));
  const own = origin?.name ?? instanceIn(file);
  if (own === undefined && name === undefined) throw unknownName(file);
  const home = origin?.project ?? projectOf?.(own ?? name ?? '') ?? project;
  if (home === undefined) throw unknownProject(file);
  return { folder, manifest: loneArchive(file, own ?? '', home) };
}

/** What can be said of an archive that lies alone, such as one of `incus export`. */
function loneArchive(file: string, own: string, project: string): Manifest {
  return manifestOf([
    {
      kind: 'instance',
      file,
      bytes: 0,
      sha256: UNKNOWN,
      name: own,
      project,
      domain: '',
      running: false,
      volumes: [],
    },
  ]);
}

function namesIn({ archives }: Manifest, name = ''): string[] {
  return [name, ...archives.flatMap((one) => (one.kind === 'instance' ? [one.name] : []))];
}

function replaced(
  { instances }: RestorePlan,
  standing: readonly { readonly name: string; readonly project: string }[],
): string[] {
  return instances
    .filter((one) =>
      standing.some(({ name, project }) => name === one.name && project === one.project),
    )
    .map(({ name }) => name);
}

function noFile(path: string): AnklumeError {
  const shown = printable(path);
  return new AnklumeError({
    code: 'no-such-file',
    exit: ExitCode.usage,
    message: { en: `There is no archive ${shown}.`, fr: `Il n'y a pas d'archive ${shown}.` },
  });
}

function unknownName(file: string): AnklumeError {
  const shown = printable(file);
  return new AnklumeError({
    code: 'name-needed',
    exit: ExitCode.usage,
    message: {
      en: `${shown} does not say the name of its machine.`,
      fr: `${shown} ne dit pas le nom de sa machine.`,
    },
    remedy: { en: 'Give the name after it.', fr: 'Donnez le nom à sa suite.' },
  });
}

function unknownProject(file: string): AnklumeError {
  const shown = printable(file);
  return new AnklumeError({
    code: 'project-needed',
    exit: ExitCode.usage,
    message: {
      en: `${shown} lies apart from its backup and does not say which Incus project its machine belongs to.`,
      fr: `${shown} est séparé de sa sauvegarde et ne dit pas à quel projet Incus appartient sa machine.`,
    },
    remedy: {
      en: 'Name the project with --project, or run this in the folder of its infra.yml.',
      fr: 'Indiquez le projet avec --project, ou lancez la commande dans le dossier de son infra.yml.',
    },
  });
}

function noFiles(path: string): AnklumeError {
  const shown = printable(path);
  return new AnklumeError({
    code: 'no-files-in-backup',
    exit: ExitCode.usage,
    message: {
      en: `${shown} holds no files of a project.`,
      fr: `${shown} ne contient pas les fichiers d'un projet.`,
    },
  });
}

function notEmpty(folder: string): AnklumeError {
  const shown = printable(folder);
  return new AnklumeError({
    code: 'folder-not-empty',
    exit: ExitCode.usage,
    message: { en: `${shown} is not empty.`, fr: `${shown} n'est pas vide.` },
    remedy: { en: 'Name a new folder.', fr: 'Indiquez un nouveau dossier.' },
  });
}
