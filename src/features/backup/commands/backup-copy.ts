import { AnklumeError, ExitCode, type Text } from '../../../base/messages/index.ts';
import { command } from '../../../kit/command.ts';
import { domainAndMachineNames } from '../../../kit/completion/names.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle, word } from '../../../kit/flags.ts';
import type { CopiedMachine } from '../copy.ts';

/** `anklume backup copy` */
export const copy = command({
  brief: {
    en: 'Copy a machine with its snapshots and volumes to another daemon',
    fr: 'Copier une machine, ses instantanés et ses volumes vers un autre démon',
  },
  description: {
    en: 'The data goes through this process, so the two daemons need not reach each other, and nothing of it lies on a disk in between. The project and its profiles must be on the other side: apply the same infra.yml there first. The original stays.',
    fr: "Les données passent par ce processus : les deux démons n'ont pas besoin de se joindre, et rien n'en est écrit sur un disque en chemin. Le projet et ses profils doivent exister de l'autre côté : appliquez-y d'abord le même infra.yml. L'original reste.",
  },
  examples: [
    [
      'anklume backup copy pro-dev --to laptop',
      { en: 'a remote of the incus client', fr: 'un serveur distant du client incus' },
    ],
    [
      'anklume backup copy pro-dev --to-sandbox lab --start',
      { en: 'into a sandbox', fr: 'dans un bac à sable' },
    ],
  ],
  flags: {
    to: word('REMOTE', {
      en: "One of the incus client's remotes",
      fr: 'Un des serveurs distants du client incus',
    }),
    toSocket: word('PATH', { en: 'The socket of a daemon', fr: "Le socket d'un démon" }),
    toSandbox: word('SANDBOX', { en: 'An embedded sandbox', fr: 'Un bac à sable intégré' }),
    pool: word('POOL', {
      en: 'Another storage pool than the one it is in',
      fr: 'Un autre pool de stockage que celui où elle est',
    }),
    start: toggle({ en: 'Start the copy afterwards', fr: 'Démarrer ensuite la copie' }),
    ...projectFlags,
    ...daemonFlags,
  },
  words: [
    {
      name: 'MACHINE',
      brief: { en: 'Which machine', fr: 'Quelle machine' },
      propose: domainAndMachineNames,
    },
    {
      name: 'NAME',
      brief: { en: 'Another name on the other side', fr: "Un autre nom de l'autre côté" },
      optional: true,
    },
  ],
  async run(session, flags, machine = '', name = undefined) {
    const { copyMachine } = await import('../copy.ts');
    const { openDaemon, openWorld } = await import('../../../site/index.ts');
    const target = targetOf(flags);
    const { desired } = await openWorld({ cwd: session.cwd, infra: flags.infra });
    await using from = await openDaemon(flags, daemonOptions(session, flags));
    await using to = await openDaemon(target, { ...daemonOptions(session, flags), makes: true });
    const { emit, signal } = session;
    const choices = { desired, machine, name, pool: flags.pool, start: flags.start, emit, signal };
    const copied = await copyMachine(from.incus, to.incus, choices);
    session.result({ type: 'copied', from: from.where, to: to.where, ...copied }, () =>
      session.t(isThere(copied, to.where)),
    );
    return undefined;
  },
});

interface TargetFlags {
  readonly to: string | undefined;
  readonly toSocket: string | undefined;
  readonly toSandbox: string | undefined;
}

function targetOf({ to: remote, toSocket: socket, toSandbox: sandbox }: TargetFlags) {
  const target = { remote, socket, sandbox };
  if (!Object.values(target).some((one) => one !== undefined)) throw noTarget();
  return target;
}

function isThere({ name, project }: CopiedMachine, where: string): Text {
  return {
    en: `${name} is on ${where}, in the project ${project}.`,
    fr: `${name} est sur ${where}, dans le projet ${project}.`,
  };
}

function noTarget(): AnklumeError {
  return new AnklumeError({
    code: 'no-target',
    exit: ExitCode.usage,
    message: { en: 'No target daemon given.', fr: 'Aucun démon de destination indiqué.' },
    remedy: {
      en: 'Give --to REMOTE, --to-socket PATH or --to-sandbox NAME.',
      fr: 'Indiquez --to DISTANT, --to-socket CHEMIN ou --to-sandbox NOM.',
    },
  });
}
