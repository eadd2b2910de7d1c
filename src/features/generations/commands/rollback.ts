import { ExitCode } from '../../../base/messages/index.ts';
import { isolationFlag } from '../../../kit/apply-flags.ts';
import { askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';
import type { Daemon, ProjectChoice } from '../../../site/index.ts';
import type { RollbackReport } from '../rollback.ts';
import type { Return } from '../rollback-way.ts';

export const rollback = command({
  brief: {
    en: 'Restore the world as it was before a change',
    fr: "Restaurer le monde tel qu'il était avant un changement",
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
      en: 'Also move protected machines that came since to the trash',
      fr: 'Mettre aussi de côté les machines protégées apparues depuis',
    }),
    ...isolationFlag,
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
    const { force, dryRun, noIsolation } = flags;
    const world = await openWorld(place);
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const confirm = (found: Return) => showAndAsk(session, flags.yes, found);
    const choices = { point, force, dryRun, noIsolation, confirm };
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
