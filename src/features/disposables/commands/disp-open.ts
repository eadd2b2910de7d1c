import { resolve } from 'node:path';
import { command } from '../../../kit/command.ts';
import { silentDaemonOptions } from '../../../kit/daemon-options.ts';
import { noTerminal, runChoice } from '../../../kit/run-flags.ts';
import { dispFlags, wishOf } from './disp-flags.ts';
import { holdOne, runHeld } from './disp-held.ts';

/** `anklume disp open` */
export const open = command({
  brief: {
    en: 'Open one file in a fresh machine that goes afterwards',
    fr: 'Ouvrir un fichier dans une machine neuve, qui disparaît ensuite',
  },
  description: {
    en: 'The file is copied in and nothing comes back but what is shown. Without a command it is shown page by page (less, else cat -v); a command gets the path of the copy as its last word.',
    fr: "Le fichier y est copié et rien n'en revient, sauf ce qui est affiché. Sans commande, il est montré page par page (less, sinon cat -v) ; une commande reçoit le chemin de la copie comme dernier mot.",
  },
  examples: [
    ['anklume disp open letter.txt', { en: 'read it', fr: 'le lire' }],
    [
      'anklume disp open invoice.pdf -- pdfinfo',
      { en: 'with a program of the image', fr: "avec un programme de l'image" },
    ],
  ],
  flags: {
    noTerminal,
    ...dispFlags,
  },
  words: [{ name: 'FILE', brief: { en: 'A file of this host', fr: 'Un fichier de cet hôte' } }],
  rest: { name: 'COMMAND', least: 0, dashes: true },
  async run(session, flags, name = '', ...words) {
    const { openFile, viewer } = await import('../file.ts');
    const { openDaemon } = await import('../../../site/index.ts');
    const choice = runChoice(flags);
    await using file = await openFile(resolve(session.cwd, name));
    const wish = await wishOf(session, flags);
    await using daemon = await openDaemon(flags, {
      ...silentDaemonOptions(session, flags),
      makes: true,
    });
    await using held = await holdOne(session, flags, daemon, wish);
    await file.copyInto(daemon.incus, held.machine);
    const onTerminal = session.terminal.stdout.isTTY === true;
    const argv = [...(words.length > 0 ? words : viewer(onTerminal)), file.target];
    const more = { terminal: !flags.noTerminal, stdin: false };
    return await runHeld(session, daemon, { held, wish, choice, ...more }, argv);
  },
});
