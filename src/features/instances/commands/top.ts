import { setTimeout as sleep } from 'node:timers/promises';
import { command } from '../../../kit/command.ts';
import { domainAndMachineNames } from '../../../kit/completion/names.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle } from '../../../kit/flags.ts';
import { placesFor } from './instance-places.ts';

/** Milliseconds between two looks: long enough for a rate, short enough to watch. */
const INTERVAL = 2000;
const FIRST = 500;

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
    const room = await import('../usage.ts');
    const { openDaemon } = await import('../../../site/index.ts');
    const { renderUsage } = await import('../render/usage.ts');
    const names = words.filter((one) => one !== undefined);
    const find = await placesFor(session, flags, names.length > 0 ? names : ['all']);
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const places = await find(daemon);
    const { stdout } = session.terminal;
    const follows = stdout.isTTY === true && !session.common.json && !flags.once;
    if (follows) session.endsWithInterrupt();
    const { signal } = session;
    let before = await room.takeSample(daemon.incus);
    for (let wait = FIRST; !signal.aborted; wait = INTERVAL) {
      await sleep(wait, undefined, { signal }).catch(() => {});
      if (signal.aborted) break;
      const after = await room.takeSample(daemon.incus);
      const machines = room.usageBetween(before, after, places);
      if (follows) stdout.write('\u001b[H\u001b[2J');
      session.result({ type: 'top', machines }, () => renderUsage(machines, session));
      if (!follows) break;
      before = after;
    }
    return undefined;
  },
});
