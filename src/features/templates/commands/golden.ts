import { ExitCode } from '../../../base/messages/index.ts';
import { command, type Declared } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle } from '../../../kit/flags.ts';
import { group } from '../../../kit/group.ts';
import { create, update } from './golden-create.ts';
import { remove } from './golden-delete.ts';
import { derive } from './golden-derive.ts';
import { publish } from './golden-publish.ts';

const list = command({
  brief: {
    en: 'List templates, their published images, and the machines made from them',
    fr: 'Lister les modèles, leurs images publiées, et les machines qui en sont issues',
  },
  description: {
    en: 'A machine or an image is outdated if its template has changed since. Machines made from a published image count too.',
    fr: "Une machine ou une image est périmée quand son modèle a changé d'état depuis. Les machines créées depuis une image publiée comptent aussi.",
  },
  examples: [
    ['anklume golden list', { en: 'all of them', fr: 'tous' }],
    [
      'anklume golden list --outdated --exit-code',
      {
        en: 'only what is outdated; status 3 if there is any',
        fr: "seulement ce qui est périmé ; code 3 s'il y en a",
      },
    ],
  ],
  flags: {
    outdated: toggle({
      en: 'Only machines and images whose template has changed',
      fr: 'Seulement les machines et images dont le modèle a changé',
    }),
    exitCode: toggle({
      en: 'Exit status 3 if something is outdated',
      fr: 'Code de sortie 3 si quelque chose est périmé',
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
    en: 'Templates: provisioned machines that others are copied from',
    fr: "Les modèles : des machines provisionnées dont d'autres sont des copies",
  },
  { create, derive, publish, list, update, delete: remove },
  undefined,
  { release: remove },
);
