import { join } from 'node:path';
import { AnklumeError, ExitCode, type Text } from '../../../base/messages/index.ts';
import { productRoot } from '../../../base/system/index.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, toggle, word } from '../../../kit/flags.ts';
import { renderRoleTests } from '../render/role-tests.ts';
import type { RunnerReport } from '../runner/runner.ts';

const machineFlags = {
  vm: toggle({
    en: 'The runner must be a virtual machine',
    fr: "La machine d'essai doit être une machine virtuelle",
  }),
  container: toggle({
    en: 'The runner must be a container',
    fr: "La machine d'essai doit être un conteneur",
  }),
  image: word('IMAGE', {
    en: 'What a new runner is made from (default: images:debian/13)',
    fr: "Ce dont une nouvelle machine d'essai est faite (par défaut : images:debian/13)",
  }),
  ...daemonFlags,
} as const;

/** `anklume test-runner-create` */
export const testRunnerCreate = command({
  brief: {
    en: 'Make the machine that runs tests in an Incus of its own',
    fr: 'Créer la machine qui exécute les essais dans un Incus à elle',
  },
  description: {
    en: 'A project, a bridge and a machine of their own: a virtual machine where the daemon runs them, else a container. In it: an Incus, Ansible, the linters, and this repository as it stands. One that is there is brought up to date.',
    fr: "Un projet, un pont et une machine à part : une machine virtuelle là où le démon en exécute, sinon un conteneur. Dedans : un Incus, Ansible, les analyseurs, et ce dépôt tel qu'il est. Si elle existe déjà, elle est mise à jour.",
  },
  examples: [
    ['anklume test-runner-create', { en: 'on this Incus', fr: 'sur cet Incus' }],
    [
      'anklume test-runner-create --sandbox',
      { en: 'on the embedded sandbox', fr: 'sur le bac à sable intégré' },
    ],
  ],
  flags: machineFlags,
  async run(session, flags) {
    const { createRunner } = await import('../runner/runner.ts');
    const { openDaemon } = await import('../../../site/index.ts');
    const options = { ...daemonOptions(session, flags), ...choices(flags), makes: true };
    await using daemon = await openDaemon(flags, options);
    const runner = await createRunner(daemon, options);
    session.result({ type: 'test-runner', ...runner }, () => session.t(told(runner)));
    return ExitCode.done;
  },
});

/** `anklume dev test-runner-delete` */
export const testRunnerDelete = command({
  brief: {
    en: 'Delete the machine that runs tests',
    fr: 'Supprimer la machine qui exécute les essais',
  },
  description: {
    en: 'The machine, its project and its bridge; what anklume did not make for it is left alone. Results stay.',
    fr: "La machine, son projet et son pont ; ce qu'anklume n'a pas créé pour elle n'est pas touché. Les résultats restent.",
  },
  examples: [
    [
      'anklume dev test-runner-delete',
      { en: 'with all that is in it', fr: 'avec tout son contenu' },
    ],
  ],
  flags: daemonFlags,
  async run(session, flags) {
    const { destroyRunner } = await import('../runner/runner.ts');
    const { openDaemon } = await import('../../../site/index.ts');
    const options = daemonOptions(session, flags);
    await using daemon = await openDaemon(flags, options);
    const destroyed = await destroyRunner(daemon, options);
    session.result({ type: 'test-runner-destroyed', destroyed }, () =>
      session.t(destroyed ? GONE : NONE),
    );
    return ExitCode.done;
  },
});

const GONE: Text = {
  en: 'The test runner was deleted.',
  fr: "La machine d'essai a été supprimée.",
};
const NONE: Text = { en: 'There is no test runner.', fr: "Il n'y a pas de machine d'essai." };

/** `anklume test-sandboxed` */
export const testSandboxed = command({
  brief: {
    en: 'Test roles in a machine with an Incus of its own',
    fr: 'Tester les rôles dans une machine qui a son propre Incus',
  },
  description: {
    en: 'Makes the test runner, or takes the one that is there, runs the tests of the roles in it with this repository as it stands, and brings a file with the result of each test back. Nothing of this host is reached from inside.',
    fr: "Crée la machine d'essai, ou reprend celle qui existe, y exécute les essais des rôles avec ce dépôt tel qu'il est, et rapporte un fichier avec le résultat de chaque essai. Rien de cet hôte n'est accessible de l'intérieur.",
  },
  examples: [
    ['anklume test-sandboxed', { en: 'every role', fr: 'tous les rôles' }],
    ['anklume test-sandboxed base_system', { en: 'one role', fr: 'un rôle' }],
    [
      'anklume test-sandboxed base_system/offline,machine_ready --delete',
      { en: 'and delete the runner', fr: "puis supprimer la machine d'essai" },
    ],
  ],
  words: [
    {
      name: 'ROLE',
      brief: {
        en: 'Name of the role, or role/test; several with commas; all without',
        fr: 'Nom du rôle, ou rôle/test ; plusieurs avec des virgules ; tous sinon',
      },
      optional: true,
      propose: async () => {
        const { rolesIn } = await import('../roles/scenario.ts');
        return rolesIn(join(productRoot(), 'roles'));
      },
    },
  ],
  flags: {
    delete: toggle(
      {
        en: 'Delete the runner afterwards, whatever happened',
        fr: "Supprimer ensuite la machine d'essai, quoi qu'il soit arrivé",
      },
      'destroy',
    ),
    ...machineFlags,
  },
  async run(session, flags, role) {
    const room = await import('../runner/runner.ts');
    const { openDaemon } = await import('../../../site/index.ts');
    const options = { ...daemonOptions(session, flags), ...choices(flags), makes: true };
    await using daemon = await openDaemon(flags, options);
    const report = await room.testSandboxed(daemon, role === undefined ? [] : role.split(','), {
      ...options,
      destroy: flags.delete,
      onRunner: (runner) => session.say(told(runner)),
    });
    const { results, ...about } = report;
    for (const result of results) session.result({ type: 'role-test', ...result }, () => '');
    session.result({ type: 'test-sandboxed', ...about }, () => '');
    session.print(renderRoleTests(results, session));
    session.say({ en: `Results: ${about.folder}`, fr: `Résultats : ${about.folder}` });
    return results.every(({ ok }) => ok) ? ExitCode.done : ExitCode.failed;
  },
});

/** Kind and image that were asked for. Throws `test-runner-two-kinds`. */
function choices(flags: {
  readonly vm: boolean;
  readonly container: boolean;
  readonly image: string | undefined;
}) {
  const { vm, container, image } = flags;
  if (vm && container) throw twoKinds();
  return {
    ...(vm && { wish: 'vm' as const }),
    ...(container && { wish: 'container' as const }),
    ...(image !== undefined && { image }),
  };
}

/** What the runner is, and why it is no virtual machine. */
function told({ project, machine, kind, created, why }: RunnerReport): Text {
  const what = kind === 'vm' ? VM : CONTAINER;
  const reason = why && { en: `: ${why.en}`, fr: ` : ${why.fr}` };
  return {
    en: `The test runner is the ${what.en} '${machine}' in the project '${project}' (${created ? 'new' : 'reused'})${reason?.en ?? ''}.`,
    fr: `La machine d'essai est ${what.fr} « ${machine} » dans le projet « ${project} » (${created ? 'nouvelle' : 'reprise'})${reason?.fr ?? ''}.`,
  };
}

const VM: Text = { en: 'virtual machine', fr: 'la machine virtuelle' };
const CONTAINER: Text = { en: 'container', fr: 'le conteneur' };

function twoKinds(): AnklumeError {
  return new AnklumeError({
    code: 'test-runner-two-kinds',
    exit: ExitCode.usage,
    message: {
      en: '--vm and --container exclude each other.',
      fr: "--vm et --container s'excluent.",
    },
    remedy: { en: 'Give one of them, or none.', fr: "N'en donnez qu'un, ou aucun." },
  });
}
