import { ExitCode } from '../../../base/messages/index.ts';
import { command } from '../../../kit/command.ts';
import { domainNames } from '../../../kit/completion/names.ts';
import { silentDaemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, word } from '../../../kit/flags.ts';

/** `anklume incus -- ...` */
export const incus = command({
  brief: {
    en: 'The incus command, on the right daemon and project',
    fr: 'La commande incus, sur le bon démon et le bon projet',
  },
  description: {
    en: "Runs the incus client with the daemon of this project. The Incus project is that of the domain given with --domain, else that of a declared machine among the words, else the daemon's default. What you change this way is shown by 'anklume plan'.",
    fr: "Lance le client incus sur le démon de ce projet. Le projet Incus est celui du domaine donné avec --domain, sinon celui d'une machine déclarée parmi les mots, sinon celui par défaut du démon. Ce que vous modifiez ainsi est montré par « anklume plan ».",
  },
  examples: [
    [
      'anklume incus -- list --all-projects',
      { en: 'everything that is there', fr: "tout ce qui s'y trouve" },
    ],
    [
      'anklume incus -- config show pro-dev',
      { en: 'in the project of that machine', fr: 'dans le projet de cette machine' },
    ],
  ],
  flags: {
    domain: word(
      'DOMAIN',
      {
        en: "Work in this domain's Incus project",
        fr: 'Travailler dans le projet Incus de ce domaine',
      },
      domainNames,
    ),
    ...projectFlags,
    ...daemonFlags,
  },
  rest: { name: 'WORD', least: 1, dashes: true },
  async run(session, flags, ...words) {
    const room = await import('../../../site/index.ts');
    const { runAttached } = await import('../../../base/system/index.ts');
    const argv = words.filter((one) => one !== undefined);
    const project = await room.projectOfWords(
      { cwd: session.cwd, infra: flags.infra },
      flags.domain,
      argv,
    );
    await using daemon = await room.openDaemon(flags, silentDaemonOptions(session, flags));
    session.settle();
    const env = room.clientEnv(daemon, project);
    const status = await runAttached(['incus', ...argv], { env }).catch(room.clientMissing);
    return status === 0 ? ExitCode.done : { status };
  },
});
