import { command } from '../../../kit/command.ts';
import { domainAndMachineNames } from '../../../kit/completion/names.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle } from '../../../kit/flags.ts';
import { placesFor } from './instance-places.ts';

/** `anklume top` */
export const top = command({
  brief: {
    en: 'Processor, memory, disk and network of machines',
    fr: 'Processeur, mémoire, disque et réseau des machines',
  },
  description: {
    en: 'The busiest first. On a terminal it is drawn anew every two seconds until Ctrl-C; in a pipe, with --json or with --once it looks once. All machines, or those that are named.',
    fr: "Les plus occupées d'abord. Sur un terminal, l'affichage est renouvelé toutes les deux secondes jusqu'à Ctrl-C ; dans un tube, avec --json ou --once, une seule fois. Toutes les machines, ou celles qui sont nommées.",
  },
  examples: [
    ['anklume top', { en: 'all machines', fr: 'toutes les machines' }],
    ['anklume top pro --once', { en: 'one domain, once', fr: 'un domaine, une fois' }],
  ],
  flags: {
    once: toggle({ en: 'Look once', fr: 'Regarder une seule fois' }),
    ...projectFlags,
    ...daemonFlags,
  },
  rest: { name: 'DOMAIN|MACHINE', least: 0, propose: domainAndMachineNames },
  async run(session, flags, ...words) {
    const { watchUsage } = await import('../watch-usage.ts');
    const { openDaemon } = await import('../../../site/index.ts');
    const { renderUsage } = await import('../render/usage.ts');
    const find = await placesFor(session, flags, namesOr('all', words));
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const places = await find(daemon);
    const { stdout } = session.terminal;
    const follows = stdout.isTTY === true && !session.common.json && !flags.once;
    if (follows) session.endsWithInterrupt();
    for await (const machines of watchUsage(daemon.incus, places, session.signal)) {
      if (follows) stdout.write('\u001b[H\u001b[2J');
      session.result({ type: 'top', machines }, () => renderUsage(machines, session));
      if (!follows) break;
    }
    return undefined;
  },
});

function namesOr(usual: string, words: readonly (string | undefined)[]): readonly string[] {
  const names = words.filter((one) => one !== undefined);
  return names.length > 0 ? names : [usual];
}
