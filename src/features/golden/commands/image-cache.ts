import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle } from '../../../kit/flags.ts';
import { group } from '../../../kit/group.ts';

const list = command({
  brief: {
    en: 'List the images of provisioned machines',
    fr: 'Lister les images de machines provisionnées',
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

const remove = command({
  brief: {
    en: 'Delete cached images that this project no longer uses',
    fr: "Supprimer les images en cache que ce projet n'utilise plus",
  },
  description: {
    en: 'An image is no longer used if its roles, variables or base image have changed in the project of the current folder. Machines lose nothing; apply creates the image again when it is needed.',
    fr: "Une image ne sert plus si ses rôles, ses variables ou son image de base ont changé dans le projet du dossier courant. Les machines n'y perdent rien ; apply recrée l'image au besoin.",
  },
  examples: [
    ['anklume image cache delete', { en: 'of this project', fr: 'de ce projet' }],
    [
      'anklume image cache delete --all',
      { en: 'all cached images of the daemon', fr: 'toutes celles du démon' },
    ],
  ],
  flags: {
    all: toggle({
      en: 'All cached images, of every project',
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
    en: 'The cache of provisioned machines: equal machines are copied from it',
    fr: 'Le cache des machines provisionnées : les machines identiques en sont des copies',
  },
  { list, delete: remove },
  'list',
  { prune: remove },
);
