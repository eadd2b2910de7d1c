import { command, type Declared } from '../frame/command.ts';
import { daemonOptions } from '../frame/daemon-options.ts';
import { daemonFlags, projectFlags, toggle } from '../frame/flags.ts';
import { group } from '../frame/group.ts';

/** `anklume file copy` */
const copy = command({
  brief: {
    en: 'Copy a file or a folder between machines and the host',
    fr: "Copier un fichier ou un dossier entre des machines et l'hôte",
  },
  description: {
    en: 'Streamed, with owners and rights kept between machines. Between domains, and with the host, infra.yml must declare it (services, file_portal). Every copy and every refusal is written down in audit/files.jsonl.',
    fr: "En flux, propriétaires et droits conservés entre machines. Entre domaines, et avec l'hôte, infra.yml doit le déclarer (services, file_portal). Chaque copie et chaque refus est consigné dans audit/files.jsonl.",
  },
  examples: [
    [
      'anklume file copy perso-box:/root/photos pro-dev:/srv/in/',
      { en: 'a folder, with all that is in it', fr: 'un dossier et tout son contenu' },
    ],
    [
      'anklume file copy pro-dev:/root/report.pdf .',
      { en: 'to the current folder of the host', fr: "vers le dossier courant de l'hôte" },
    ],
  ],
  flags: {
    skipUnfit: toggle({
      en: 'Leave out devices, sockets, pipes and links that lead out',
      fr: 'Laisser de côté périphériques, sockets, tubes et liens qui mènent ailleurs',
    }),
    ...projectFlags,
    ...daemonFlags,
  },
  words: [
    { name: 'SRC', brief: { en: 'MACHINE:PATH, or a path', fr: 'MACHINE:CHEMIN, ou un chemin' } },
    { name: 'DST', brief: { en: 'MACHINE:PATH, or a path', fr: 'MACHINE:CHEMIN, ou un chemin' } },
  ],
  async run(session, flags, source = '', target = '') {
    const { auditFile, copyFiles, declaredIn, parsePlace } = await import(
      '../../transfer/index.ts'
    );
    const { openDaemon, openProject, openWorld } = await import('../../up/index.ts');
    const { renderSize } = await import('../render/backups.ts');
    const { cwd, emit, signal, env, t } = session;
    const [{ infra }, { desired }] = await Promise.all([
      openProject({ cwd, infra: flags.infra }),
      openWorld({ cwd, infra: flags.infra }),
    ]);
    const [from, to] = [parsePlace(source, desired, cwd), parsePlace(target, desired, cwd)];
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const copied = await copyFiles(daemon.incus, from, to, {
      declared: declaredIn(infra),
      audit: auditFile(env),
      skipUnfit: flags.skipUnfit,
      emit,
      signal,
    });
    session.result({ type: 'copied', ...copied }, () =>
      t({
        en: `${copied.to}: ${copied.files} ${copied.files === 1 ? 'file' : 'files'}, ${renderSize(copied.bytes)}`,
        fr: `${copied.to} : ${copied.files} fichier${copied.files === 1 ? '' : 's'}, ${renderSize(copied.bytes)}`,
      }),
    );
    return undefined;
  },
});

/** `anklume file ...` */
export const file: Declared = group(
  { en: 'Files of machines', fr: 'Les fichiers des machines' },
  { copy },
);
