import { command } from '../../../kit/command.ts';
import { sandboxNames } from '../../../kit/completion/names.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { consentFlags, toggle, word } from '../../../kit/flags.ts';

/** The name that every verb of the noun takes. */
export const NAME = {
  name: 'NAME',
  brief: {
    en: "Name of the sandbox (default: 'default')",
    fr: 'Nom du bac à sable (par défaut : « default »)',
  },
  optional: true,
  propose: sandboxNames,
} as const;

/** `anklume sandbox start` */
export const start = command({
  brief: {
    en: 'Start a private Incus in about a second',
    fr: 'Démarrer un Incus privé en une seconde environ',
  },
  description: {
    en: "A real Incus daemon in mount and network namespaces of its own. The machine's own Incus, if any, is neither needed nor touched.",
    fr: "Un vrai démon Incus dans ses propres espaces de noms de montage et de réseau. L'Incus de la machine, s'il y en a un, n'est ni requis ni touché.",
  },
  examples: [
    ['anklume sandbox start', { en: 'the default sandbox', fr: 'le bac à sable par défaut' }],
    [
      'anklume sandbox start lab --uplink',
      {
        en: 'one whose machines reach the network',
        fr: 'un autre, dont les machines accèdent au réseau',
      },
    ],
  ],
  flags: {
    storage: word('btrfs|dir', {
      en: 'Storage of a new sandbox (default: btrfs; dir without loop devices)',
      fr: "Stockage d'un nouveau bac à sable (par défaut : btrfs ; dir sans périphérique loop)",
    }),
    uplink: toggle({
      en: 'Let machines reach the outside through this host',
      fr: "Laisser les machines accéder à l'extérieur par cet hôte",
    }),
    ...consentFlags,
  },
  words: [NAME],
  async run(session, flags, name = 'default') {
    const { checkStorage, installRequirements, startSandbox } = await import(
      '../../../sandbox/index.ts'
    );
    await installRequirements(daemonOptions(session, flags));
    const sandbox = await startSandbox(name, {
      emit: session.emit,
      signal: session.signal,
      ...(flags.storage && { storage: checkStorage(flags.storage) }),
      ...(flags.uplink && { uplink: true }),
    });
    session.result({ type: 'sandbox', ...sandbox }, () => `INCUS_DIR=${sandbox.incusDir}`);
    return undefined;
  },
});
