import { setTimeout as sleep } from 'node:timers/promises';
import { command } from '../frame/command.ts';
import { daemonOptions } from '../frame/daemon-options.ts';
import { daemonFlags, projectFlags, toggle } from '../frame/flags.ts';
import { showProblems } from '../frame/show-problems.ts';

/** Milliseconds between two looks of `--watch`: fast enough to follow, gentle on the daemon. */
const PAUSE = 2000;

export const status = command({
  brief: { en: 'Machines, addresses, state and drift', fr: 'Machines, adresses, état et dérive' },
  examples: [
    ['anklume status', { en: 'once', fr: 'une fois' }],
    [
      'anklume status --watch',
      {
        en: 'again every two seconds, until Ctrl-C',
        fr: "toutes les deux secondes, jusqu'à Ctrl-C",
      },
    ],
  ],
  flags: {
    watch: toggle({
      en: 'Look again every two seconds',
      fr: 'Regarder à nouveau toutes les deux secondes',
    }),
    ...projectFlags,
    ...daemonFlags,
  },
  async run(session, flags) {
    const { machineStatus, openDaemon, openWorld, staleRules } = await import('../../up/index.ts');
    const { renderStatus } = await import('../render/machines.ts');
    const world = await openWorld({ cwd: session.cwd, infra: flags.infra });
    await showProblems(session, world.warnings);
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const { nesting } = daemon;
    const look = async () => {
      const machines = await machineStatus(world, daemon);
      session.result({ type: 'status', machines, ...(nesting && { nesting }) }, () =>
        renderStatus(machines, session, nesting),
      );
    };
    await look();
    const warning = await staleRules(world.desired, daemon);
    if (warning) session.emit(warning);
    while (flags.watch && !session.signal.aborted) {
      await sleep(PAUSE, undefined, { signal: session.signal }).catch(() => {});
      if (session.signal.aborted) break;
      // On a terminal each look replaces the one before; in a pipe they follow one another.
      if (session.terminal.stdout.isTTY && !session.common.json)
        session.terminal.stdout.write('\u001b[H\u001b[2J');
      await look();
    }
    return undefined;
  },
});
