import { AnklumeError, ExitCode } from '../../../base/messages/index.ts';
import { wallsFlag } from '../../../kit/apply-flags.ts';
import { askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle, word } from '../../../kit/flags.ts';
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
    const { openWorld, openDaemon, alone } = await import('../../../site/index.ts');
    const { rollBack } = await import('../rollback.ts');
    const { staleRules } = await import('../../network/index.ts');
    const { unwalledLines } = await import('../../network/render/unwalled.ts');
    const { renderReturn, renderRollback } = await import('../render/generations.ts');
    const world = await openWorld({ cwd: session.cwd, infra: flags.infra });
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const confirm = async (found: Return) => {
      session.settle();
      if (!session.common.quiet && !session.common.json)
        session.terminal.stderr.write(`${renderReturn(found, session)}\n`);
      await askYes(session, flags.yes, {
        en: 'Go back to that? What was written since is kept in snapshots, and can be gone back to.',
        fr: 'Y revenir ? Ce qui a été écrit depuis est gardé en instantanés, auxquels on peut revenir.',
      });
    };
    const { force, dryRun, noWalls } = flags;
    const report = await alone(daemon, 'rollback', session, () =>
      rollBack(world, daemon, { point, force, dryRun, noWalls, confirm }, session),
    );
    session.result({ type: 'rollback', ...report, dryRun }, () =>
      dryRun
        ? renderReturn(report, session)
        : [renderRollback(report, session), ...unwalledLines(report.walledBy, session)].join('\n'),
    );
    if (dryRun) return ExitCode.done;
    const { desired } = await openWorld({ cwd: session.cwd, infra: flags.infra });
    const rules = await staleRules(desired, daemon);
    if (rules) session.emit(rules);
    return report.done ? ExitCode.done : ExitCode.failed;
  },
});

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
    const { alone, openDaemon, openWorld } = await import('../../../site/index.ts');
    const { cleanUp, KEPT } = await import('../cleaning.ts');
    const { History } = await import('../store.ts');
    const { renderCleaning } = await import('../render/generations.ts');
    const keep = flags.keep === undefined ? KEPT : numberOf(flags.keep);
    const place = { cwd: session.cwd, infra: flags.infra };
    const name = flags.projectName ?? (await openWorld(place)).desired.projectName;
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const history = new History(name, daemon.where);
    const confirm = (machines: readonly string[]) =>
      askYes(session, flags.yes, {
        en: `Remove for good what was put aside: ${machines.join(', ')}?`,
        fr: `Supprimer définitivement ce qui a été mis de côté : ${machines.join(', ')} ?`,
      });
    const cleaning = await alone(daemon, 'rollback-cleanup', session, () =>
      cleanUp(daemon.incus, name, history, keep, { host: daemon.host }, confirm),
    );
    session.result({ type: 'rollback-cleanup', ...cleaning, keep }, () =>
      renderCleaning(cleaning, session),
    );
    return undefined;
  },
});

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
