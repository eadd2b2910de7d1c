import { command } from '../../../kit/command.ts';
import { domainAndMachineNames } from '../../../kit/completion/names.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags } from '../../../kit/flags.ts';

/** `anklume instance show` */
export const show = command({
  brief: { en: 'Everything about one machine', fr: 'Tout sur une machine' },
  examples: [
    [
      'anklume instance show pro-dev',
      { en: 'declared and real, side by side', fr: 'le déclaré et le réel, côte à côte' },
    ],
  ],
  flags: { ...projectFlags, ...daemonFlags },
  words: [
    {
      name: 'MACHINE',
      brief: { en: 'A machine, by its name', fr: 'Une machine, par son nom' },
      propose: domainAndMachineNames,
    },
  ],
  async run(session, flags, name = '') {
    const { placeOf } = await import('../find.ts');
    const { showMachine } = await import('../show-machine.ts');
    const { openDaemon, openWorld } = await import('../../../site/index.ts');
    const { renderMachine } = await import('../render/machine.ts');
    const world = await openWorld({ cwd: session.cwd, infra: flags.infra });
    const place = placeOf(world.desired, name);
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const { status, facts } = await showMachine(world, daemon, place);
    if (status)
      session.result({ ...status, ...facts }, () => renderMachine(status, facts, session));
    return undefined;
  },
});
