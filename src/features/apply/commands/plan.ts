import { ExitCode } from '../../../base/messages/index.ts';
import type { Plan } from '../../../engine/index.ts';
import { choiceFlags } from '../../../kit/apply-flags.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { toggle } from '../../../kit/flags.ts';
import { showWorld } from '../../../kit/show-problems.ts';

export const plan = command({
  brief: { en: 'Show what apply would do', fr: 'Montrer ce que ferait apply' },
  description: {
    en: 'Compares the tree with the daemon and shows the difference: + create, ~ update, - delete, ! refused.',
    fr: "Compare l'arborescence au démon et montre la différence : + créer, ~ modifier, - supprimer, ! refusé.",
  },
  examples: [
    ['anklume plan', { en: 'everything', fr: 'tout' }],
    [
      'anklume plan --limit pro --exit-code',
      {
        en: 'one domain; 3 when there is something to do',
        fr: "un domaine ; 3 s'il y a quelque chose à faire",
      },
    ],
    [
      'anklume plan --prune',
      { en: 'also what would be removed', fr: 'aussi ce qui serait supprimé' },
    ],
  ],
  flags: {
    exitCode: toggle({
      en: 'Exit 3 when there is something to do',
      fr: "Sortir avec 3 s'il y a quelque chose à faire",
    }),
    ...choiceFlags,
  },
  async run(session, flags) {
    const { openSite } = await import('../../../site/index.ts');
    const { planWorld } = await import('../apply-world.ts');
    const { renderPlan } = await import('../../../kit/render/plan.ts');
    await using site = await openSite({ cwd: session.cwd, infra: flags.infra }, flags, {
      ...daemonOptions(session, flags),
      look: true,
      onWorld: (found) => showWorld(session, found),
    });
    const found = await planWorld(site.world, site.daemon, flags, site.looking);
    const { stale } = site;
    session.result({ type: 'plan', ...found, ...(stale && { stale }) }, () =>
      session.fit(renderPlan(found, session, session.common.verbose, stale !== undefined)),
    );
    const ending = stale !== undefined || differs(found) ? ExitCode.differences : ExitCode.done;
    return flags.exitCode ? ending : ExitCode.done;
  },
});

function differs({ entries, notes }: Plan): boolean {
  return entries.length > 0 || notes.some(({ drift }) => drift);
}
