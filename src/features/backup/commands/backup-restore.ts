import { resolve } from 'node:path';
import type { Text } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';
import { askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle, word } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';
import { passphraseFlag, passphraseOf } from './backup-protection.ts';

/** `anklume backup restore` */
export const restore = command({
  brief: {
    en: 'Put machines of a backup back, under their own name or a new one',
    fr: "Remettre les machines d'une sauvegarde, sous leur nom ou un nouveau",
  },
  description: {
    en: 'A whole backup by its folder, or one machine by its archive. A machine that is there already is refused, unless it is to be replaced; it is deleted only once the one from the backup is complete. Under a new name a machine gets another address and NIC, its own volumes, and is declared nowhere.',
    fr: "Une sauvegarde entière par son dossier, ou une machine par son archive. Une machine déjà présente est refusée, sauf s'il faut la remplacer ; elle ne disparaît qu'une fois celle de la sauvegarde complète. Sous un nouveau nom, une machine reçoit une autre adresse et une autre carte, ses propres volumes, et n'est déclarée nulle part.",
  },
  examples: [
    [
      'anklume backup restore pro-dev-20261122T030405Z.tar.gz',
      { en: 'after its deletion', fr: 'après sa suppression' },
    ],
    [
      'anklume backup restore pro-dev-20261122T030405Z.tar.gz pro-old --start',
      { en: 'beside it', fr: 'à côté' },
    ],
    [
      'anklume backup restore home-20261122T030405Z --replace',
      { en: 'all of it', fr: 'tout son contenu' },
    ],
  ],
  flags: {
    replace: toggle({
      en: 'Put it in the place of the machine that has the name now',
      fr: 'La mettre à la place de la machine qui porte ce nom',
    }),
    force: toggle({
      en: 'With --replace, also of a protected one',
      fr: "Avec --replace, même à la place d'une machine protégée",
    }),
    start: toggle({ en: 'Start it afterwards', fr: 'La démarrer ensuite' }),
    pool: word('POOL', {
      en: 'Another storage pool than the one it was in',
      fr: 'Un autre pool de stockage que celui où elle était',
    }),
    project: word('PROJECT', {
      en: 'Another Incus project than its own',
      fr: 'Un autre projet Incus que le sien',
    }),
    projectTo: word('DIR', {
      en: 'Also put infra.yml and the tree into this new folder',
      fr: "Mettre aussi infra.yml et l'arborescence dans ce nouveau dossier",
    }),
    onlyProject: toggle({
      en: 'With --project-to: no machine, only these files',
      fr: 'Avec --project-to : aucune machine, seulement ces fichiers',
    }),
    passphraseFile: passphraseFlag,
    ...projectFlags,
    ...daemonFlags,
  },
  words: [
    {
      name: 'BACKUP',
      brief: { en: 'Its folder, or one archive', fr: 'Son dossier, ou une archive' },
    },
    {
      name: 'NAME',
      brief: { en: 'The new name of the machine', fr: 'Le nouveau nom de la machine' },
      optional: true,
    },
  ],
  async run(session, flags, path = '', name = undefined) {
    const { backupsFolder, findBackup } = await import('../folders.ts');
    const { restoreAlone } = await import('../restore-alone.ts');
    const { openDaemon } = await import('../../../site/index.ts');
    const { renderRestored } = await import('../render/backups.ts');
    const from = await findBackup(session.cwd, path, backupsFolder(session.env));
    const passphrase = await passphraseOf(session, flags.passphraseFile);
    const files = await putFilesBack(session, flags.projectTo, from, passphrase);
    if (files !== undefined && flags.onlyProject) return onlyFiles(session, files);
    // Said at once: they stay there also where the machines are refused.
    if (files !== undefined) session.say(filesIn(files));
    const choices = { name, passphrase, ...(await choicesOf(session, flags)) };
    await using daemon = await openDaemon(flags, { ...daemonOptions(session, flags), makes: true });
    const restored = await restoreAlone(daemon, from, choices, session);
    const shown = { ...restored, ...(files !== undefined && { files }) };
    session.result({ type: 'restored', ...shown }, () => renderRestored(restored, session));
  },
});

/** Into a folder that was asked for, which is given back. */
async function putFilesBack(
  session: Session,
  folder: string | undefined,
  from: string,
  passphrase: string | undefined,
): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  const { restoreFiles } = await import('../restore.ts');
  const to = resolve(session.cwd, folder);
  tellLeftOut(session, await restoreFiles(from, to, passphrase));
  return to;
}

function onlyFiles(session: Session, files: string): undefined {
  session.result({ type: 'restored', instances: [], volumes: [], kept: [], files }, () => files);
}

interface RestoreFlags {
  readonly infra: string | undefined;
  readonly yes: boolean;
  readonly replace: boolean;
  readonly force: boolean;
  readonly start: boolean;
  readonly pool: string | undefined;
  readonly project: string | undefined;
}

async function choicesOf(session: Session, flags: RestoreFlags) {
  const { openWorld } = await import('../../../site/index.ts');
  const { replace, force, start, pool, project, infra } = flags;
  // For an archive that lies alone; a backup knows the projects of its machines.
  const world = await openWorld({ cwd: session.cwd, infra }).catch(() => undefined);
  const projectOf = (machine: string) =>
    world?.desired.domains.find((domain) =>
      domain.machines.some(({ instance }) => instance === machine),
    )?.project;
  const confirm = (names: readonly string[]) =>
    askYes(session, flags.yes, {
      en: `Replace ${names.join(', ')}? What is there now is lost.`,
      fr: `Remplacer ${names.join(', ')} ? Ce qui s'y trouve sera perdu.`,
    });
  return { replace, force, start, pool, project, projectOf, confirm };
}

function filesIn(folder: string): Text {
  const shown = printable(folder);
  return {
    en: `The files of the project are in ${shown}.`,
    fr: `Les fichiers du projet sont dans ${shown}.`,
  };
}

function tellLeftOut(session: Session, names: readonly string[]): void {
  if (names.length === 0) return;
  const shown = printable(names.slice(0, 10).join(', '));
  const more = names.length > 10 ? ', ...' : '';
  session.say({
    en: `Not put back, being neither files, folders nor links within the project: ${shown}${more}`,
    fr: `Non remis en place, n'étant ni fichiers, ni dossiers, ni liens internes au projet : ${shown}${more}`,
  });
}
