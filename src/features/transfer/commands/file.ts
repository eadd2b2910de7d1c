import { ExitCode } from '../../../base/messages/index.ts';
import { command, type Declared } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle } from '../../../kit/flags.ts';
import { group } from '../../../kit/group.ts';

const place = {
  en: 'MACHINE:PATH, DOMAIN:PATH, all:PATH, or a path of the host',
  fr: "MACHINE:CHEMIN, DOMAINE:CHEMIN, all:CHEMIN, ou un chemin de l'hôte",
} as const;

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
    [
      'anklume file copy exercise.pdf class:/root/',
      {
        en: 'to every machine of a domain, or all:',
        fr: "vers toutes les machines d'un domaine, ou all:",
      },
    ],
    [
      'anklume file copy class:/root/work collected/',
      {
        en: 'and back: collected/MACHINE/work',
        fr: 'et le retour : collected/MACHINE/work',
      },
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
    { name: 'SRC', brief: place },
    { name: 'DST', brief: place },
  ],
  async run(session, flags, source = '', target = '') {
    const { copyPlaces, wantedCopies } = await import('../copy-places.ts');
    const { auditFile } = await import('../audit.ts');
    const { openDaemon } = await import('../../../site/index.ts');
    const { renderCopied, renderCopies } = await import('../render/copies.ts');
    const { cwd, emit, signal, env } = session;
    const wanted = await wantedCopies({ cwd, infra: flags.infra }, source, target);
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const choices = { audit: auditFile(env), skipUnfit: flags.skipUnfit, emit, signal };
    const done = await copyPlaces(daemon, wanted, choices);
    if ('copies' in done)
      session.result({ type: 'copies', ...done }, () => renderCopies(done.copies, session));
    else session.result({ type: 'copied', ...done }, () => renderCopied(done, session));
    const failed = 'copies' in done && done.copies.some((one) => 'error' in one);
    return failed ? ExitCode.failed : undefined;
  },
});

/** `anklume file ...` */
export const file: Declared = group(
  { en: 'Files of machines', fr: 'Les fichiers des machines' },
  { copy },
);
