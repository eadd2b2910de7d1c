import { safetyFlags } from '../../../kit/apply-flags.ts';
import { command } from '../../../kit/command.ts';
import { domainAndMachineNames } from '../../../kit/completion/names.ts';
import { daemonFlags, projectFlags, toggle } from '../../../kit/flags.ts';

/** `anklume destroy`, as people of other tools type it: machines that are named, else everything. */
export const destroy = command({
  brief: {
    en: "Delete machines by name, or everything: 'instance delete' or 'flush'",
    fr: 'Supprimer des machines nommées, ou tout : « instance delete » ou « flush »',
  },
  examples: [
    [
      'anklume destroy pro-dev',
      { en: 'one machine, into the trash', fr: 'une machine, à la corbeille' },
    ],
    ['anklume destroy', { en: 'everything, after a question', fr: 'tout, après une question' }],
  ],
  flags: {
    force: toggle({ en: 'Also what is protected', fr: 'Aussi ce qui est protégé' }),
    ...safetyFlags,
    ...projectFlags,
    ...daemonFlags,
  },
  rest: { name: 'MACHINE', least: 0, propose: domainAndMachineNames },
  async run(session, flags, ...words) {
    const { flushInfra } = await import('./flush.ts');
    const { removeMachines } = await import('../../instances/commands/instance-delete.ts');
    const names = words.filter((one) => one !== undefined);
    return names.length > 0
      ? removeMachines(session, { ...flags, orphans: false }, names)
      : flushInfra(session, { ...flags, projectName: undefined });
  },
});
