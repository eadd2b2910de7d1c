import { ExitCode } from '../../../base/messages/index.ts';
import { command, type Declared } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle } from '../../../kit/flags.ts';
import { group } from '../../../kit/group.ts';
import { create, update } from './golden-create.ts';
import { derive } from './golden-derive.ts';
import { publish } from './golden-publish.ts';
import { release } from './golden-release.ts';

const list = command({
  brief: {
    en: 'Templates, the images published from them, and the machines that began as one',
    fr: 'Les modèles, les images publiées depuis eux, et les machines qui en sont issues',
  },
  description: {
    en: 'A machine or an image is outdated when its template has another state by now. Machines made from a published image count too.',
    fr: "Une machine ou une image est périmée quand son modèle a changé d'état depuis. Les machines créées depuis une image publiée comptent aussi.",
  },
  examples: [
    ['anklume golden list', { en: 'all of them', fr: 'tous' }],
    [
      'anklume golden list --outdated --exit-code',
      {
        en: 'only what is outdated; 3 when there is any',
        fr: "seulement ce qui est périmé ; 3 s'il y en a",
      },
    ],
  ],
  flags: {
    outdated: toggle({
      en: 'Only machines and images whose template has changed',
      fr: 'Seulement les machines et images dont le modèle a changé',
    }),
    exitCode: toggle({
      en: 'Exit 3 when something is outdated',
      fr: 'Sortir avec 3 si quelque chose est périmé',
    }),
    ...projectFlags,
    ...daemonFlags,
  },
  async run(session, flags) {
    const { openDaemon, openWorld } = await import('../../../site/index.ts');
    const { listTemplates } = await import('../list.ts');
    const { renderTemplates } = await import('../render/templates.ts');
    const world = await openWorld({ cwd: session.cwd, infra: flags.infra });
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const choice = { onlyOutdated: flags.outdated };
    const { templates, outdated } = await listTemplates(world, daemon, choice);
    session.result({ type: 'templates', templates }, () => renderTemplates(templates, session));
    return flags.exitCode && outdated ? ExitCode.differences : ExitCode.done;
  },
});

/** `anklume golden ...` */
export const golden: Declared = group(
  {
    en: 'Templates: provisioned machines that others begin as',
    fr: "Les modèles : des machines provisionnées dont d'autres sont issues",
  },
  { create, derive, publish, list, update, release },
);
