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
    const { readMachine } = await import('../facts.ts');
    const { machineStatus, openDaemon, openWorld } = await import('../../../site/index.ts');
    const { renderMachine } = await import('../render/machine.ts');
    const world = await openWorld({ cwd: session.cwd, infra: flags.infra });
    const place = placeOf(world.desired, name);
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const [all, facts] = await Promise.all([
      machineStatus(world, daemon),
      readMachine(daemon.incus, world.desired, place),
    ]);
    const status = all.find(
      ({ project, instance }) => project === place.project && instance === place.instance,
    );
    if (status)
      session.result({ ...status, ...facts }, () => renderMachine(status, facts, session));
    return undefined;
  },
});
