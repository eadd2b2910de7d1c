import { command } from '../../../kit/command.ts';
import { silentDaemonOptions } from '../../../kit/daemon-options.ts';
import { runChoice } from '../../../kit/run-flags.ts';
import { dispFlags, wishOf } from './disp-flags.ts';
import { holdOne, runHeld } from './disp-held.ts';

/** `anklume disp run` */
export const run = command({
  brief: {
    en: 'Run a command in a fresh machine that goes afterwards',
    fr: 'Exécuter une commande dans une machine neuve, qui disparaît ensuite',
  },
  description: {
    en: 'A filter: standard input, output and error and the exit status are passed on as they are, and nothing else comes out. A machine that waits in a pool is taken where there is one.',
    fr: "Un filtre : l'entrée, la sortie et l'erreur standard et le code de sortie sont transmis tels quels, et rien d'autre n'en sort. Une machine en attente dans une réserve est prise s'il y en a une.",
  },
  examples: [
    [
      'anklume disp run -- pdftotext - - < letter.pdf > letter.txt',
      { en: 'convert what is not trusted', fr: 'convertir ce qui est douteux' },
    ],
    [
      'anklume disp run --domain pro -- curl -s https://example.org',
      { en: 'with the network of a domain', fr: "avec le réseau d'un domaine" },
    ],
  ],
  flags: dispFlags,
  rest: { name: 'COMMAND', least: 1, dashes: true },
  async run(session, flags, ...words) {
    const { openDaemon } = await import('../../../site/index.ts');
    const choice = runChoice(flags);
    const wish = await wishOf(session, flags);
    await using daemon = await openDaemon(flags, {
      ...silentDaemonOptions(session, flags),
      makes: true,
    });
    await using held = await holdOne(session, flags, daemon, wish);
    return await runHeld(session, daemon, { held, wish, choice }, words);
  },
});
