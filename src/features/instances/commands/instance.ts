import { command, type Declared } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags } from '../../../kit/flags.ts';
import { group } from '../../../kit/group.ts';
import { asListed, listFlags } from '../../../kit/list-flags.ts';
import { remove } from './instance-delete.ts';
import { exec, shell } from './instance-exec.ts';
import { logs } from './instance-logs.ts';
import { restart, start, stop } from './instance-power.ts';
import { show } from './instance-show.ts';

/** `anklume instance list`, `anklume ps` */
export const list = command({
  brief: {
    en: 'Machines with their real addresses and states',
    fr: 'Les machines, leurs adresses réelles et leurs états',
  },
  examples: [['anklume instance list --json', { en: 'for scripts', fr: 'pour des scripts' }]],
  flags: { ...listFlags, ...projectFlags, ...daemonFlags },
  async run(session, flags) {
    const { machineStatus, openDaemon, openWorld } = await import('../../../site/index.ts');
    const { renderMachines } = await import('../render/machines.ts');
    const world = await openWorld({ cwd: session.cwd, infra: flags.infra });
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const machines = await machineStatus(world, daemon);
    const listed = asListed(machines, flags, session);
    session.result(
      { type: 'instances', machines },
      () => listed ?? renderMachines(machines, session),
    );
    return undefined;
  },
});

/** `anklume instance ...` */
export const instance: Declared = group(
  { en: 'Machines', fr: 'Les machines' },
  { list, show, shell, exec, logs, start, stop, restart, delete: remove },
  undefined,
  { remove },
);
