import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle } from '../../../kit/flags.ts';
import { group } from '../../../kit/group.ts';

const list = command({
  brief: {
    en: 'Images of provisioned machines that others are made from',
    fr: "Les images de machines provisionnées dont d'autres sont faites",
  },
  examples: [
    ['anklume image cache list', { en: 'roles, image and size', fr: 'rôles, image et taille' }],
  ],
  flags: daemonFlags,
  async run(session, flags) {
    const { listGolden } = await import('../cache.ts');
    const { openDaemon } = await import('../../../site/index.ts');
    const { renderGoldenImages } = await import('../render/kept.ts');
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const images = await listGolden(daemon);
    session.result({ type: 'golden-images', images }, () => renderGoldenImages(images, session));
    return undefined;
  },
});

const prune = command({
  brief: {
    en: 'Remove those that no machine here would be made from',
    fr: "Supprimer celles dont aucune machine d'ici ne serait faite",
  },
  description: {
    en: 'Looks at the project around the current folder: an image whose roles, variables or base image are not what they were is of no use any more. Machines lose nothing; what was removed is made again when it is needed.',
    fr: "Examine le projet du dossier courant : une image dont les rôles, les variables ou l'image de base ont changé ne sert plus. Les machines n'y perdent rien ; ce qui a été supprimé est refait au besoin.",
  },
  examples: [
    ['anklume image cache prune', { en: 'of this project', fr: 'de ce projet' }],
    [
      'anklume image cache prune --all',
      { en: 'all that the daemon has', fr: 'toutes celles du démon' },
    ],
  ],
  flags: {
    all: toggle({
      en: 'Every one, of every project',
      fr: 'Toutes, de tous les projets',
    }),
    ...projectFlags,
    ...daemonFlags,
  },
  async run(session, flags) {
    const { openDaemon, openWorld } = await import('../../../site/index.ts');
    const { pruneGolden } = await import('../cache.ts');
    const { renderPruned } = await import('../render/kept.ts');
    const place = { cwd: session.cwd, infra: flags.infra };
    const world = flags.all ? undefined : await openWorld(place);
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const removed = await pruneGolden(daemon, session, world);
    session.result({ type: 'golden-pruned', removed }, () => renderPruned(removed, session));
    return undefined;
  },
});

/** `anklume image cache ...` */
export const cache = group(
  {
    en: 'Provisioned machines, kept so that equal ones need not be provisioned',
    fr: 'Des machines provisionnées, conservées pour ne pas provisionner les machines identiques',
  },
  { list, prune },
  'list',
);
