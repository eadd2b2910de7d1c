import { ExitCode } from '../../../base/messages/index.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle, word } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';

/** `anklume image export` */
export const exportFiles = command({
  brief: {
    en: 'Write images into a folder, for nested hosts and machines without a network',
    fr: 'Écrire des images dans un dossier, pour des hôtes imbriqués et des machines sans réseau',
  },
  description: {
    en: 'The images that machines of the infrastructure are made from, or those that are named. What is there whole already is left as it is; checksums stand in SHA256SUMS. With incus_images_export_for_nesting, each apply does the same, and nested hosts see the folder.',
    fr: "Les images dont les machines de l'infrastructure sont faites, ou celles qui sont nommées. Ce qui s'y trouve déjà intact n'est pas réécrit ; les sommes de contrôle sont dans SHA256SUMS. Avec incus_images_export_for_nesting, chaque apply fait de même, et les hôtes imbriqués voient le dossier.",
  },
  examples: [
    ['anklume image export', { en: 'those of this project', fr: 'celles de ce projet' }],
    [
      'anklume image export debian/13 --to /srv/images',
      { en: 'one, to another folder', fr: 'une seule, vers un autre dossier' },
    ],
  ],
  flags: {
    to: word('DIR', {
      en: 'The folder (default: incus_images_export_dir, else ~/.anklume/images)',
      fr: 'Le dossier (par défaut : incus_images_export_dir, sinon ~/.anklume/images)',
    }),
    all: toggle({
      en: 'All images of the daemon that have a name',
      fr: 'Toutes les images du démon qui ont un nom',
    }),
    ...projectFlags,
    ...daemonFlags,
  },
  rest: { name: 'NAME', least: 0 },
  async run(session, flags, ...words) {
    const { resolve } = await import('node:path');
    const { exportWished, openDaemon } = await import('../../../site/index.ts');
    const { renderExport } = await import('../render/image-files.ts');
    const names = words.filter((one) => one !== undefined);
    const needsWorld = flags.to === undefined || (names.length === 0 && !flags.all);
    const world = needsWorld ? await worldAround(session, flags.infra) : undefined;
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const folder = flags.to === undefined ? undefined : resolve(session.cwd, flags.to);
    const wish = { names, all: flags.all, desired: world?.desired, folder };
    const report = await exportWished(daemon, wish, session);
    session.result({ type: 'images-exported', ...report }, () => renderExport(report, session));
    return undefined;
  },
});

/** `anklume image import` */
export const importFiles = command({
  brief: {
    en: 'Bring exported images to the daemon',
    fr: 'Apporter au démon des images exportées',
  },
  description: {
    en: 'From the folder in which a nested host sees the images of its host, or another. Each is checked against its checksum; a name that the daemon knows already is good enough. apply looks there by itself before it downloads.',
    fr: 'Depuis le dossier où un hôte imbriqué voit les images de son hôte, ou un autre. Chacune est vérifiée par sa somme de contrôle ; un nom que le démon connaît déjà suffit. apply y regarde de lui-même avant de télécharger.',
  },
  examples: [
    ['anklume image import', { en: 'all that are there', fr: "toutes celles qui s'y trouvent" }],
    [
      'anklume image import debian/13 --from /srv/images',
      { en: 'one, from another folder', fr: "une seule, d'un autre dossier" },
    ],
  ],
  flags: {
    from: word('DIR', {
      en: 'The folder (default: /var/lib/anklume/images, else ~/.anklume/images)',
      fr: 'Le dossier (par défaut : /var/lib/anklume/images, sinon ~/.anklume/images)',
    }),
    ...daemonFlags,
  },
  rest: { name: 'NAME', least: 0 },
  async run(session, flags, ...words) {
    const { resolve } = await import('node:path');
    const { importFolder, importImages } = await import('../../../images/index.ts');
    const { openDaemon } = await import('../../../site/index.ts');
    const { renderImport } = await import('../render/image-files.ts');
    const names = words.filter((one) => one !== undefined);
    const folder =
      flags.from === undefined ? await importFolder() : resolve(session.cwd, flags.from);
    await using daemon = await openDaemon(flags, { ...daemonOptions(session, flags), makes: true });
    const report = await importImages(daemon.incus, folder, names, session);
    session.result({ type: 'images-imported', ...report }, () => renderImport(report, session));
    return undefined;
  },
});

/** The project around the current folder; undefined where there is none, and none is asked for. */
async function worldAround(session: Session, infra: string | undefined) {
  const { findProject, openWorld } = await import('../../../site/index.ts');
  const place = { cwd: session.cwd, infra };
  const { AnklumeError } = await import('../../../base/messages/index.ts');
  if (infra === undefined)
    try {
      await findProject(place);
    } catch (error) {
      if (error instanceof AnklumeError && error.exit === ExitCode.usage) return undefined;
      throw error;
    }
  return await openWorld(place);
}
