import { AnklumeError, type Emit } from '../../base/messages/index.ts';
import { runsSystemd } from '../../base/system/index.ts';
import type { BootFile } from '../../isolation/index.ts';
import type { Daemon } from '../../site/index.ts';
import { bootMark, declaredBy, rulesOf } from '../../site/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { enableBootWalls, planBootWalls } from './boot-walls.ts';

/** Asks whether these files may be written, so that the rules are loaded before Incus at every boot. */
export type OfferBoot = (files: readonly BootFile[]) => Promise<boolean>;

/** Whether somebody wants the rules at every boot, on a host that does not load them yet and could. */
export async function isBootWanted(
  desired: Desired,
  daemon: Daemon,
  offer: OfferBoot | undefined,
  emit: Emit,
): Promise<boolean> {
  const { host, sandbox } = daemon;
  if (!offer || !host || sandbox !== undefined || !(await runsSystemd(host))) return false;
  if ((await bootMark(daemon)) === 'guarded') return false;
  try {
    return await offer(await planBootWalls(ownOf(desired), daemon));
  } catch (error) {
    // A file of somebody else in the way is no reason to leave machines down: they are held instead.
    if (!(error instanceof AnklumeError) || error.code !== 'boot-file-foreign') throw error;
    const { code, text, remedy } = error;
    emit({ type: 'note', level: 'warning', code, text, ...(remedy && { remedy }) });
    return false;
  }
}

/** Writes what was offered. To be called when the rules are loaded and no machine has started yet. */
export async function writeOffered(desired: Desired, daemon: Daemon, emit: Emit): Promise<void> {
  await enableBootWalls(ownOf(desired), daemon);
  emit({
    type: 'note',
    level: 'info',
    code: 'boot-on',
    text: {
      en: 'From now on the isolation rules are loaded before Incus at every boot.',
      fr: "Désormais, les règles d'isolation sont chargées avant Incus à chaque démarrage.",
    },
  });
}

function ownOf(desired: Desired) {
  return { text: rulesOf(desired), declared: declaredBy(desired) };
}
