import { sandboxNames } from '../completion/names.ts';
import { askYes } from '../frame/ask.ts';
import { command, type Declared } from '../frame/command.ts';
import { daemonOptions } from '../frame/daemon-options.ts';
import { consentFlags, toggle, word } from '../frame/flags.ts';
import { group } from '../frame/group.ts';

const NAME = {
  name: 'NAME',
  brief: {
    en: "Name of the sandbox (default: 'default')",
    fr: 'Nom du bac à sable (par défaut : « default »)',
  },
  optional: true,
  propose: sandboxNames,
} as const;

const start = command({
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
      en: 'Storage of a new sandbox (default: btrfs)',
      fr: "Stockage d'un nouveau bac à sable (par défaut : btrfs)",
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
      '../../sandbox/index.ts'
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

const stop = command({
  brief: { en: 'Stop it; its machines are kept', fr: "L'arrêter ; ses machines sont conservées" },
  examples: [
    [
      'anklume sandbox stop',
      { en: 'nothing of it is left running', fr: 'il ne reste rien en marche' },
    ],
  ],
  words: [NAME],
  async run(session, _flags, name = 'default') {
    const { stopSandbox } = await import('../../sandbox/index.ts');
    await stopSandbox(name, { emit: session.emit, signal: session.signal });
    session.result({ type: 'sandbox', name, running: false }, () => '');
    return undefined;
  },
});

const remove = command({
  brief: {
    en: 'Stop it and delete everything in it',
    fr: "L'arrêter et supprimer tout son contenu",
  },
  examples: [
    ['anklume sandbox delete lab --yes', { en: 'without asking', fr: 'sans poser de question' }],
  ],
  flags: consentFlags,
  words: [NAME],
  async run(session, flags, name = 'default') {
    await askYes(session, flags.yes, {
      en: `Delete the sandbox '${name}' and every machine in it?`,
      fr: `Supprimer le bac à sable « ${name} » et toutes ses machines ?`,
    });
    const { deleteSandbox } = await import('../../sandbox/index.ts');
    await deleteSandbox(name, { emit: session.emit, signal: session.signal });
    session.result({ type: 'sandbox', name, deleted: true }, () => '');
    return undefined;
  },
});

const status = command({
  brief: {
    en: 'Which sandboxes there are, and what runs',
    fr: 'Quels bacs à sable existent, et ce qui tourne',
  },
  examples: [['anklume sandbox status', { en: 'all of them', fr: 'tous' }]],
  words: [NAME],
  async run(session, _flags, name) {
    const { listSandboxes } = await import('../../sandbox/index.ts');
    const { renderSandboxes } = await import('../render/sandboxes.ts');
    const all = await listSandboxes();
    const shown = name === undefined ? all : all.filter((sandbox) => sandbox.name === name);
    session.result({ type: 'sandboxes', sandboxes: shown }, () => renderSandboxes(shown, session));
    return undefined;
  },
});

const shell = command({
  brief: {
    en: 'A shell inside, where the incus command is its own',
    fr: "Un interpréteur de commandes à l'intérieur, où la commande incus est la sienne",
  },
  examples: [
    [
      'anklume sandbox shell',
      {
        en: "then 'incus list', 'ip link', 'nft list ruleset'",
        fr: 'puis « incus list », « ip link », « nft list ruleset »',
      },
    ],
  ],
  words: [NAME],
  async run(session, _flags, name = 'default') {
    const { sandboxShell } = await import('../../sandbox/index.ts');
    const { runAttached } = await import('../../system/index.ts');
    const [program = '', ...words] = await sandboxShell(name, session.env);
    session.settle();
    await runAttached([program, ...words]);
    return undefined;
  },
});

/** `anklume sandbox ...` */
export const sandbox: Declared = group(
  {
    en: 'The embedded sandbox: a private Incus to try things on',
    fr: 'Le bac à sable intégré : un Incus privé pour essayer',
  },
  { start, stop, status, shell, delete: remove },
);
