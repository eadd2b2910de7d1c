import { Readable } from 'node:stream';
import type { Incus } from '../../incus/index.ts';
import { asNewcomer, isStranger } from './identity.ts';
import { asideName, beginNote, endNote, type Note, notesOn, workName, writeNote } from './note.ts';
import { recoverRestore } from './recover.ts';
import { retireInstance } from './retire.ts';

/** Where an instance is to stand, and as what. */
export interface InstancePlace {
  readonly project: string;
  readonly name: string;
  /** Default: the pool it was in. */
  readonly pool?: string;
  /** It stands beside the one it was taken from: with another card and address, and without our marks. */
  readonly newcomer: boolean;
  /** `POOL/NAME` of its volumes to their new names. */
  readonly volumes: ReadonlyMap<string, string>;
  /** The instance that has the name now goes, once this one is whole. */
  readonly replace: boolean;
}

interface Options {
  readonly signal?: AbortSignal;
}

/**
 * Waits for what the daemon still does with the instances of these names: it ends what a killed run asked for, such
 * as stopping or removing one, and until then takes no other order for it.
 */
export async function instancesSettled(incus: Incus, names: readonly string[]): Promise<void> {
  await incus.operations.settled((path) =>
    names.includes(/\/instances\/([^/?]+)/.exec(path)?.[1] ?? ''),
  );
}

/**
 * Makes an instance from the bytes of a backup. It has its name only when it is whole and as it should be; one that it
 * replaces keeps all that it is until then, and is only removed when the new one stands in its place.
 */
export async function placeInstance(
  incus: Incus,
  bytes: () => AsyncIterable<Buffer>,
  place: InstancePlace,
  { signal }: Options = {},
): Promise<void> {
  const { project, name, pool } = place;
  const note = await beginNote(incus, { project, name, kind: 'instance' });
  await orUndone(incus, note, async () => {
    const work = workName(note);
    const upload = { open: () => Readable.from(bytes()) };
    await incus.backups.import('instance', upload, { name: work, project, pool, signal });
    const { value, etag } = await incus.instances.get(work, { project });
    const home = (await incus.projects.get(project)).value;
    if (place.newcomer || isStranger(value.config, home.config)) {
      const put = asNewcomer(value, place.volumes);
      await incus.instances.update(work, put, { project, etag });
    }
    if (place.replace) await makeRoom(incus, note);
    await incus.instances.rename(work, name, { project });
  });
  if (place.replace) await retireInstance(incus, project, asideName(note));
  await endNote(incus, note);
}

/** Gives the old instance another name. */
async function makeRoom(incus: Incus, note: Note): Promise<void> {
  const { project, name } = note;
  const { value } = await incus.instances.get(name, { project });
  const replaces = value.status === 'Stopped' ? 'stopped' : 'running';
  await writeNote(incus, { ...note, replaces });
  await incus.instances.setState(name, 'stop', { project, force: true });
  await incus.instances.rename(name, asideName(note), { project });
}

/** Makes a custom volume from the bytes of a backup; it too has its name only when it is whole. */
export async function placeVolume(
  incus: Incus,
  bytes: () => AsyncIterable<Buffer>,
  {
    project,
    pool,
    name,
  }: { readonly project: string; readonly pool: string; readonly name: string },
  { signal }: Options = {},
): Promise<void> {
  const note = await beginNote(incus, { project, name, pool, kind: 'volume' });
  await orUndone(incus, note, async () => {
    const upload = { open: () => Readable.from(bytes()) };
    const at = { project, pool, signal };
    await incus.backups.import('volume', upload, { ...at, name: workName(note) });
    await incus.volumes.rename(pool, workName(note), name, { project });
  });
  await endNote(incus, note);
}

/** Runs `work`; when it fails, everything is as before. What cannot be undone now is undone by the next run. */
async function orUndone(incus: Incus, note: Note, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const now = (await incus.projects.get(note.project).catch(() => undefined))?.value;
    const latest = now && notesOn(now).find(({ token }) => token === note.token);
    if (latest) await recoverRestore(incus, latest).catch(() => {});
    throw error;
  }
}
