import { AnklumeError, ExitCode, type Text } from '../../../base/messages/index.ts';
import { askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, word } from '../../../kit/flags.ts';
/** `anklume history delete` */
export const remove = command({
  brief: {
    en: 'Delete old safety snapshots and what is in the trash',
    fr: 'Supprimer les anciens instantanés de sûreté et ce qui est à la corbeille',
  },
  description: {
    en: 'Keeps those of the newest changes only, and deletes what the others put into the trash, however recent. Without this command, each successful change keeps the safety snapshots of three applies; it keeps those of rollbacks and restores, and the trash, for a week (trash in infra.yml). Your own snapshots are never touched.',
    fr: 'Garde seulement ceux des changements les plus récents, et supprime ce que les autres ont mis à la corbeille, si récent que ce soit. Sans cette commande, chaque changement réussi garde les instantanés de sûreté de trois applies ; il garde ceux des retours et restaurations, et la corbeille, pendant une semaine (trash dans infra.yml). Vos propres instantanés ne sont jamais touchés.',
  },
  examples: [
    ['anklume history delete', { en: 'keep three', fr: 'en garder trois' }],
    ['anklume history delete --keep 1', { en: 'keep one', fr: 'en garder un' }],
    ['anklume history delete --keep 0', { en: 'empty the trash', fr: 'vider la corbeille' }],
  ],
  flags: {
    keep: word('N', {
      en: 'How many changes can still be undone (default 3)',
      fr: 'Combien de changements peuvent encore être annulés (3 par défaut)',
    }),
    projectName: word('NAME', {
      en: 'The infrastructure, if its folder no longer exists',
      fr: "L'infrastructure, si son dossier n'existe plus",
    }),
    ...projectFlags,
    ...daemonFlags,
  },
  async run(session, flags) {
    const { openDaemon, openWorld } = await import('../../../site/index.ts');
    const { KEPT } = await import('../cleaning.ts');
    const { cleanUpHistory } = await import('../clean-up.ts');
    const { renderCleaning } = await import('../render/generations.ts');
    const keep = flags.keep === undefined ? KEPT : numberOf(flags.keep);
    const place = { cwd: session.cwd, infra: flags.infra };
    const projectName = flags.projectName ?? (await openWorld(place)).desired.projectName;
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const confirm = (names: readonly string[]) => askYes(session, flags.yes, forGood(names));
    const cleaning = await cleanUpHistory(daemon, { projectName, keep, confirm }, session);
    session.result({ type: 'rollback-cleanup', ...cleaning, keep }, () =>
      renderCleaning(cleaning, session),
    );
    return undefined;
  },
});

function forGood(names: readonly string[]): Text {
  return {
    en: `Delete from the trash, for good: ${names.join(', ')}?`,
    fr: `Supprimer définitivement de la corbeille : ${names.join(', ')} ?`,
  };
}

function numberOf(untrustedWord: string): number {
  if (/^\d{1,4}$/.test(untrustedWord)) return Number(untrustedWord);
  throw new AnklumeError({
    code: 'bad-keep',
    exit: ExitCode.usage,
    message: {
      en: '--keep takes a number from 0 to 9999.',
      fr: '--keep demande un nombre de 0 à 9999.',
    },
  });
}
