import { resolve } from 'node:path';
import { ExitCode } from '../../../base/messages/index.ts';
import { command, type Declared } from '../../../kit/command.ts';
import { domainAndMachineNames } from '../../../kit/completion/names.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle, word } from '../../../kit/flags.ts';
import { group } from '../../../kit/group.ts';
import type { Session } from '../../../kit/session.ts';
import type { World } from '../../../site/index.ts';
import { copy } from './backup-copy.ts';
import { passphraseFlag, protectionOf } from './backup-protection.ts';
import { restore } from './backup-restore.ts';

const folderFlag = word('DIR', {
  en: 'The folder that holds backups (default: backups in ~/.anklume)',
  fr: 'Le dossier qui contient les sauvegardes (par défaut : backups dans ~/.anklume)',
});

const create = command({
  brief: {
    en: 'Back up machines, their volumes and the project',
    fr: 'Sauvegarder les machines, leurs volumes et le projet',
  },
  description: {
    en: 'Everything, one domain or one machine. Each archive is what incus import reads, with its checksum beside it. The backup gets its name when all of it is written.',
    fr: "Tout, un domaine ou une machine. Chaque archive est lisible par incus import, avec sa somme de contrôle à côté. La sauvegarde ne reçoit son nom qu'une fois entièrement écrite.",
  },
  examples: [
    ['anklume backup create', { en: 'the whole infrastructure', fr: "toute l'infrastructure" }],
    ['anklume backup create pro-dev --to /mnt/usb', { en: 'one machine', fr: 'une machine' }],
    [
      'anklume backup create --recipient me@example.org --keep 7',
      {
        en: 'encrypted; the seven newest stay',
        fr: 'chiffrée ; les sept plus récentes restent',
      },
    ],
  ],
  flags: {
    to: folderFlag,
    recipient: word('KEY', {
      en: 'Encrypt for this GnuPG key (default: GPG_RECIPIENT)',
      fr: 'Chiffrer pour cette clé GnuPG (par défaut : GPG_RECIPIENT)',
    }),
    passphraseFile: passphraseFlag,
    keep: word('N', {
      en: 'Afterwards remove the older ones of the same scope, but for N',
      fr: "Supprimer ensuite les plus anciennes de même portée, sauf N d'entre elles",
    }),
    compression: word('NAME', {
      en: "gzip (default), zstd, none or another program of the daemon's host",
      fr: "gzip (par défaut), zstd, none ou un autre programme de l'hôte du démon",
    }),
    optimized: toggle({
      en: "The storage driver's own form: faster, and only for a pool of the same driver",
      fr: 'Le format propre au pilote de stockage : plus rapide, seulement pour un pool du même pilote',
    }),
    noSnapshots: toggle({ en: 'Leave snapshots out', fr: 'Sans les instantanés' }),
    ...projectFlags,
    ...daemonFlags,
  },
  words: [
    {
      name: 'DOMAIN|MACHINE',
      brief: { en: 'Only this domain or machine', fr: 'Seulement ce domaine ou cette machine' },
      optional: true,
      propose: domainAndMachineNames,
    },
  ],
  async run(session, flags, scope) {
    const { parseKeep } = await import('../retention.ts');
    const { backupsFolder } = await import('../folders.ts');
    const { backUp } = await import('../back-up.ts');
    const { openDaemon, openWorld } = await import('../../../site/index.ts');
    const { renderCreated } = await import('../render/backups.ts');
    const keep = flags.keep === undefined ? undefined : parseKeep(flags.keep);
    const protection = await protectionOf(session, flags);
    const world = await openWorld({ cwd: session.cwd, infra: flags.infra });
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const to = folderOf(session, flags.to, backupsFolder);
    const options = { ...choicesOf(session, flags, world), protection, to, scope };
    const made = await backUp(daemon.incus, options, keep);
    session.result({ type: 'backup', ...made }, () => renderCreated(made, made.removed, session));
    return undefined;
  },
});

interface CreateFlags {
  readonly noSnapshots: boolean;
  readonly optimized: boolean;
  readonly compression: string | undefined;
}

function choicesOf(
  { emit, signal, version }: Session,
  { noSnapshots: withoutSnapshots, optimized, compression }: CreateFlags,
  { root, desired }: World,
) {
  return { root, desired, withoutSnapshots, optimized, compression, version, emit, signal };
}

const list = command({
  brief: { en: 'The backups of a folder', fr: "Les sauvegardes d'un dossier" },
  examples: [['anklume backup list', { en: 'the oldest first', fr: "la plus ancienne d'abord" }]],
  flags: { to: folderFlag },
  async run(session, flags) {
    const { backupsFolder, listBackups } = await import('../folders.ts');
    const { renderBackups } = await import('../render/backups.ts');
    const folder = folderOf(session, flags.to, backupsFolder);
    const backups = await listBackups(folder);
    session.result({ type: 'backups', folder, backups }, () =>
      renderBackups(folder, backups, session),
    );
    return undefined;
  },
});

const verify = command({
  brief: {
    en: 'Read a backup again and compare it with its checksums',
    fr: 'Relire une sauvegarde et la comparer à ses sommes de contrôle',
  },
  description: {
    en: 'Nothing is restored, and no key is needed for what is encrypted. Exit status 1 when an archive is damaged or missing.',
    fr: "Rien n'est restauré, et aucune clé n'est nécessaire pour ce qui est chiffré. Code de retour 1 si une archive est abîmée ou absente.",
  },
  examples: [
    [
      'anklume backup verify ~/.anklume/backups/home-20261122T030405Z',
      { en: 'all of its archives', fr: 'toutes ses archives' },
    ],
  ],
  words: [
    {
      name: 'BACKUP',
      brief: { en: 'Its folder, or one archive in it', fr: 'Son dossier, ou une archive' },
    },
  ],
  async run(session, _flags, path = '') {
    const { backupsFolder, findBackup } = await import('../folders.ts');
    const { verifyBackup } = await import('../verify.ts');
    const { renderVerdicts } = await import('../render/backups.ts');
    const { signal } = session;
    const named = await findBackup(session.cwd, path, backupsFolder(session.env));
    const { verdicts } = await verifyBackup(named, { signal });
    const sound = verdicts.every(({ state }) => state === 'sound');
    session.result({ type: 'verified', sound, verdicts }, () => renderVerdicts(verdicts, session));
    return sound ? ExitCode.done : ExitCode.failed;
  },
});

function folderOf(
  session: Session,
  named: string | undefined,
  usual: (env: NodeJS.ProcessEnv) => string,
): string {
  return named === undefined ? usual(session.env) : resolve(session.cwd, named);
}

/** `anklume backup ...` */
export const backup: Declared = group(
  {
    en: 'Backups of machines, volumes and the project, and moving them to another daemon',
    fr: 'Sauvegardes des machines, des volumes et du projet, et leur passage à un autre démon',
  },
  { list, create, verify, restore, copy },
);
