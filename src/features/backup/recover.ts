import { AnklumeError, type Emit, silent } from '../../base/messages/index.ts';
import { acquireLock } from '../../base/system/index.ts';
import { type Incus, isInstancePath, isNotFound, type Project } from '../../incus/index.ts';
import { startMachine } from '../../repair/index.ts';
import { asideName, endNote, type Note, notesOn, workName } from './note.ts';
import { retireInstance } from './retire.ts';

/**
 * Ends what killed restores began, on the whole daemon: what was being replaced is itself again, unless what replaces
 * it had its name already. To be called under the lock of backups.
 */
export async function recoverRestores(incus: Incus, emit: Emit = silent): Promise<void> {
  for (const note of (await incus.projects.list()).flatMap(notesOn)) {
    await recoverRestore(incus, note);
    emit({ type: 'note', level: 'warning', code: 'restore-undone', text: undone(note) });
  }
}

/** The same for commands that are no restores: true where there was something to end, and nobody is at work on it. */
export async function recoverIfLeft(
  incus: Incus,
  projects: readonly Project[],
  emit: Emit,
): Promise<boolean> {
  if (projects.flatMap(notesOn).length === 0) return false;
  try {
    await using _lock = await acquireLock(backupLock(incus), { command: 'recovery' });
    await recoverRestores(incus, emit);
    return true;
  } catch (error) {
    if (error instanceof AnklumeError && error.code === 'locked') return false;
    throw error;
  }
}

/** Keeps those apart who make or restore backups of one daemon. */
export function backupLock({ where }: Incus): string {
  return `backup:${where}`;
}

function undone({ project, name }: Note) {
  return {
    en: `An earlier restore of ${project}/${name} was cut off; what it had begun was undone.`,
    fr: `Une restauration antérieure de ${project}/${name} a été interrompue ; ce qu'elle avait commencé a été défait.`,
  };
}

/** The same for one of them. */
export async function recoverRestore(incus: Incus, note: Note): Promise<void> {
  if (note.kind === 'volume') await recoverVolume(incus, note);
  else await recoverInstance(incus, note);
  await endNote(incus, note);
}

async function recoverVolume(incus: Incus, note: Note): Promise<void> {
  const { project, pool = '' } = note;
  await incus.operations.settled((path) => path.includes(workName(note)));
  try {
    await incus.volumes.delete(pool, workName(note), { project });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function recoverInstance(incus: Incus, note: Note): Promise<void> {
  const { project, name, replaces } = note;
  const [work, aside] = [workName(note), asideName(note)];
  // The daemon ends what a killed run asked for, and until then it takes no other order.
  const names = [name, work, aside];
  await incus.operations.settled((path) =>
    names.some((one) => isInstancePath(path, { project, name: one })),
  );
  if (replaces === undefined) return retireInstance(incus, project, work);
  const there = new Set(
    (await incus.instances.list()).filter((one) => one.project === project).map((one) => one.name),
  );
  // Somebody removed the old one meanwhile: then the new one, which is whole, is all there is.
  if (!there.has(name) && !there.has(aside)) {
    if (there.has(work)) await incus.instances.rename(work, name, { project });
    return;
  }
  if (there.has(name) && there.has(aside) && there.has(work)) throw madeAnew(note);
  if (there.has(name) && there.has(aside)) return retireInstance(incus, project, aside);
  if (there.has(aside)) await incus.instances.rename(aside, name, { project });
  await retireInstance(incus, project, work);
  if (replaces === 'running') await startMachine(incus, { name, project });
}

/** Three where there should be two: nobody but a person knows which of them is to stay. */
function madeAnew(note: Note): AnklumeError {
  const { project, name } = note;
  const [work, aside] = [workName(note), asideName(note)];
  return new AnklumeError({
    code: 'restore-made-anew',
    message: {
      en: `While a restore of ${project}/${name} was cut off, somebody made another machine of that name. The one before is ${aside}, the restored one ${work}. Nothing was changed.`,
      fr: `Pendant qu'une restauration de ${project}/${name} était interrompue, quelqu'un a créé une autre machine de ce nom. Celle d'avant est ${aside}, celle qui a été restaurée ${work}. Rien n'a été modifié.`,
    },
    remedy: {
      en: `Rename or delete the new one with incus (--project ${project}), then run this again: the one before gets its name back.`,
      fr: `Renommez ou supprimez la nouvelle avec incus (--project ${project}), puis recommencez : celle d'avant reprendra son nom.`,
    },
  });
}
