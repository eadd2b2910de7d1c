import { AnklumeError, ExitCode, type Text } from '../../../base/messages/index.ts';
import { wallsFlag } from '../../../kit/apply-flags.ts';
import { askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle, word } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';
import type { Daemon, ProjectChoice } from '../../../site/index.ts';
import type { RollbackReport } from '../rollback.ts';
import type { Return } from '../rollback-way.ts';

export const rollback = command({
  brief: {
    en: 'Bring back the world as it was before a change',
    fr: "Ramener le monde tel qu'il était avant un changement",
  },
  description: {
    en: 'The data of the machines that were changed since, machines and volumes that were removed, networks and profiles, and the tree. It is shown first and asked about. infra.yml is yours and stays; the old one is put beside it. A rollback is a generation too, and can be undone.',
    fr: "Les données des machines modifiées depuis, les machines et volumes supprimés, les réseaux et profils, et l'arborescence. Tout est montré d'abord, et la question est posée. infra.yml est à vous et ne change pas ; l'ancien est posé à côté. Un retour est aussi une génération, et peut être annulé.",
  },
  examples: [
    ['anklume rollback', { en: 'before the last change', fr: 'avant le dernier changement' }],
    [
      'anklume rollback 4 --dry-run',
      {
        en: 'what going back to generation 4 would do',
        fr: 'ce que ferait un retour à la génération 4',
      },
    ],
    [
      "anklume rollback '2026-11-22 03:15' --yes",
      {
        en: 'the last generation that had ended by then, without asking',
        fr: 'la dernière génération alors achevée, sans poser de question',
      },
    ],
  ],
  flags: {
    dryRun: toggle({ en: 'Show it, change nothing', fr: 'Le montrer, ne rien changer' }),
    force: toggle({
      en: 'Also put aside protected machines that came since',
      fr: 'Mettre aussi de côté les machines protégées apparues depuis',
    }),
    ...wallsFlag,
    ...projectFlags,
    ...daemonFlags,
  },
  words: [
    {
      name: 'GENERATION|TIME',
      brief: {
        en: "A number or a time of 'anklume history' (default: before the last change)",
        fr: "Un numéro ou une date d'« anklume history » (par défaut : avant le dernier changement)",
      },
      optional: true,
    },
  ],
  async run(session, flags, point) {
    const { openDaemon, openWorld } = await import('../../../site/index.ts');
    const { rollBackAlone } = await import('../rollback-alone.ts');
    const { renderRollbackOrReturn } = await import('../render/rollback.ts');
    const place = { cwd: session.cwd, infra: flags.infra };
    const { force, dryRun, noWalls } = flags;
    const world = await openWorld(place);
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const confirm = (found: Return) => showAndAsk(session, flags.yes, found);
    const choices = { point, force, dryRun, noWalls, confirm };
    const report = await rollBackAlone(world, daemon, choices, session);
    session.result({ type: 'rollback', ...report, dryRun }, () =>
      renderRollbackOrReturn(report, dryRun, session),
    );
    return dryRun ? ExitCode.done : await tellRules(session, place, daemon, report);
  },
});

async function showAndAsk(session: Session, yes: boolean, found: Return): Promise<void> {
  const { renderReturn } = await import('../render/generations.ts');
  session.settle();
  if (!session.common.quiet && !session.common.json)
    session.terminal.stderr.write(`${renderReturn(found, session)}\n`);
  await askYes(session, yes, {
    en: 'Go back to that? What was written since is kept in snapshots, and can be gone back to.',
    fr: 'Y revenir ? Ce qui a été écrit depuis est gardé en instantanés, auxquels on peut revenir.',
  });
}

/** Says whether the rules are those of the tree as it is now. */
async function tellRules(
  session: Session,
  place: Pick<ProjectChoice, 'cwd' | 'infra'>,
  daemon: Daemon,
  { done }: RollbackReport,
): Promise<ExitCode> {
  const { openWorld } = await import('../../../site/index.ts');
  const { staleRules } = await import('../../network/index.ts');
  const rules = await staleRules((await openWorld(place)).desired, daemon);
  if (rules) session.emit(rules);
  return done ? ExitCode.done : ExitCode.failed;
}

export const rollbackCleanup = command({
  brief: {
    en: 'Remove old safety snapshots',
    fr: 'Supprimer les anciens instantanés de sûreté',
  },
  description: {
    en: 'Those of all but the newest changes, and what lies in the trash from them, however young. By itself, each successful change keeps the safety snapshots of three applies, and those of rollbacks and restores and the trash for a week (trash in infra.yml). Your own snapshots are never touched.',
    fr: "Ceux de tous les changements sauf les plus récents, et ce qu'ils ont mis à la corbeille, si récent que ce soit. De lui-même, chaque changement réussi garde les instantanés de sûreté de trois applies, et ceux des retours et restaurations ainsi que la corbeille pendant une semaine (trash dans infra.yml). Vos propres instantanés ne sont jamais touchés.",
  },
  examples: [
    ['anklume rollback-cleanup', { en: 'keep three', fr: 'en garder trois' }],
    ['anklume rollback-cleanup --keep 1', { en: 'keep one', fr: 'en garder un' }],
    ['anklume rollback-cleanup --keep 0', { en: 'empty the trash', fr: 'vider la corbeille' }],
  ],
  flags: {
    keep: word('N', {
      en: 'How many changes can still be undone (default 3)',
      fr: 'Combien de changements peuvent encore être annulés (3 par défaut)',
    }),
    projectName: word('NAME', {
      en: 'The infrastructure, where its folder is gone',
      fr: "L'infrastructure, quand son dossier n'existe plus",
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
    en: `Remove for good what was put aside: ${names.join(', ')}?`,
    fr: `Supprimer définitivement ce qui a été mis de côté : ${names.join(', ')} ?`,
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
