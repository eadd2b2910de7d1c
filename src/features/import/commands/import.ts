import { resolve } from 'node:path';
import { AnklumeError, ExitCode } from '../../../base/messages/index.ts';
import { askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, word } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';
import type { ImportedText } from '../running.ts';

/** `anklume import`, and `anklume import-infra`, which is the same. */
export const importInfra = command({
  brief: {
    en: 'Write an infra.yml from what Incus holds',
    fr: "Écrire un infra.yml à partir de ce qu'Incus contient",
  },
  description: {
    en: "What anklume made is declared as it was; what others made is described in domains with 'managed: false', which anklume leaves alone. Applied, the file changes nothing. What it does not say is listed, on top of the file and after the run. Incus is only read.",
    fr: "Ce qu'anklume a créé est déclaré tel quel ; ce que d'autres ont créé est décrit dans des domaines avec « managed: false », auxquels anklume ne touche pas. Appliqué, le fichier ne change rien. Ce qu'il ne dit pas est listé, en tête du fichier et à la fin. Incus n'est que lu.",
  },
  examples: [
    ['anklume import', { en: 'show it', fr: "l'afficher" }],
    [
      'anklume import --out infra.yml',
      {
        en: 'write it; an existing file is asked about',
        fr: "l'écrire ; question si le fichier existe",
      },
    ],
    [
      'anklume import --project-name lab --out lab/infra.yml',
      { en: 'one of several infrastructures', fr: "une infrastructure parmi d'autres" },
    ],
  ],
  flags: {
    out: word('FILE', {
      en: 'Write into this file instead of showing it',
      fr: "Écrire dans ce fichier plutôt que d'afficher",
    }),
    projectName: word('NAME', {
      en: 'The infrastructure to declare, where the daemon holds several',
      fr: "L'infrastructure à déclarer, quand le démon en contient plusieurs",
    }),
    ...daemonFlags,
  },
  async run(session, flags) {
    const { openDaemon } = await import('../../../site/index.ts');
    const { importRunning } = await import('../running.ts');
    const { renderImport } = await import('../render/import.ts');
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const imported = await importRunning(daemon, flags, session.t);
    const { text, ...told } = imported;
    const file = flags.out === undefined ? undefined : resolve(session.cwd, flags.out);
    if (file !== undefined) await write(session, file, text, flags.yes);
    const where = file === undefined ? { text } : { file };
    session.result({ type: 'import', ...told, ...where }, () =>
      file === undefined ? text.trimEnd() : renderImport(told, file, session),
    );
    if (file === undefined) sayLeft(session, told.left.length);
    if (told.problems.length > 0) throw unloadable(imported);
    return ExitCode.done;
  },
});

function sayLeft(session: Session, count: number): void {
  if (count === 0) return;
  session.say({
    en: `${count} items could not be imported; see the comments at the top of the file.`,
    fr: `${count} éléments n'ont pas pu être importés ; voyez les commentaires au début du fichier.`,
  });
}

/** Never over another text without a yes. */
async function write(session: Session, file: string, text: string, yes: boolean): Promise<void> {
  const { readIfExists, writeAtomic } = await import('../../../base/system/index.ts');
  const old = await readIfExists(file);
  if (old?.toString('utf8') === text) return;
  if (old)
    await askYes(session, yes, {
      en: `Replace '${file}'?`,
      fr: `Remplacer « ${file} » ?`,
    });
  await writeAtomic(file, text);
}

function unloadable({ problems }: ImportedText): AnklumeError {
  return new AnklumeError({
    code: 'import-unloadable',
    problems,
    message: {
      en: 'The file was written, but Incus holds values that infra.yml does not take.',
      fr: "Le fichier est écrit, mais Incus contient des valeurs qu'infra.yml n'accepte pas.",
    },
    remedy: {
      en: 'Correct them in the file or in Incus.',
      fr: 'Corrigez-les dans le fichier ou dans Incus.',
    },
  });
}
