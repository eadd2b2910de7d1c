import { ExitCode } from '../../../base/messages/index.ts';
import { command } from '../../../kit/command.ts';
import { toggle } from '../../../kit/flags.ts';

/** `anklume host status` */
export const status = command({
  brief: {
    en: 'Everything that bootstrap changed on this host, and how it stands',
    fr: 'Tout ce que bootstrap a modifié sur cet hôte, et où cela en est',
  },
  examples: [
    [
      'anklume host status',
      { en: 'each change, looked at anew', fr: 'chaque changement, réexaminé' },
    ],
    [
      'anklume host status --exit-code',
      { en: 'exit 3 where something differs', fr: 'code 3 si quelque chose diffère' },
    ],
  ],
  flags: {
    exitCode: toggle({
      en: 'Exit with 3 where something is not as it was left',
      fr: "Terminer avec 3 si quelque chose n'est plus comme laissé",
    }),
  },
  async run(session, flags) {
    const { hostStatus } = await import('../status.ts');
    const { renderStatus } = await import('../render/status.ts');
    const changes = await hostStatus();
    session.result({ type: 'host-status', changes }, () => renderStatus(changes, session));
    const differs = changes.some(({ standing }) => standing !== 'kept');
    return differs && flags.exitCode ? ExitCode.differences : undefined;
  },
});
