import { join, resolve } from 'node:path';
import { AnklumeError, ExitCode } from '../../../base/messages/index.ts';
import { productRoot } from '../../../base/system/index.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { consentFlags, toggle, word } from '../../../kit/flags.ts';
import { renderRoleTests } from '../render/role-tests.ts';

/** `anklume dev test-role` */
export const testRole = command({
  brief: { en: 'Test a role on real machines', fr: 'Tester un rôle sur de vraies machines' },
  description: {
    en: "Makes the machines that the role's molecule/ folder names in a sandbox of their own, applies the role, applies it again and expects no change, verifies, and removes everything.",
    fr: "Crée les machines que nomme le dossier molecule/ du rôle dans un bac à sable à part, applique le rôle, l'applique encore en n'attendant aucun changement, vérifie, et supprime tout.",
  },
  examples: [
    ['anklume dev test-role base_system', { en: 'one role', fr: 'un rôle' }],
    [
      'anklume dev test-role base_system,admin_bootstrap',
      { en: 'several, at the same time', fr: 'plusieurs, en même temps' },
    ],
    [
      'anklume dev test-role base_system/offline',
      { en: 'one of its tests', fr: "l'un de ses tests" },
    ],
    ['anklume dev test-role --all', { en: 'every role', fr: 'tous les rôles' }],
    [
      'anklume dev test-role web --path roles_custom',
      { en: 'a role of your own', fr: 'un rôle à vous' },
    ],
  ],
  flags: {
    all: toggle({ en: 'Every role of the folder', fr: 'Tous les rôles du dossier' }),
    path: word('DIR', {
      en: 'Folder of the roles (default: those that anklume brings)',
      fr: 'Dossier des rôles (par défaut : ceux fournis par anklume)',
    }),
    keep: toggle({
      en: 'Leave sandbox and machines for looking around in',
      fr: 'Laisser le bac à sable et les machines pour y regarder',
    }),
    ...consentFlags,
  },
  words: [
    {
      name: 'ROLE',
      brief: {
        en: 'Name of the role, or role/test; several with commas',
        fr: 'Nom du rôle, ou rôle/test ; plusieurs avec des virgules',
      },
      optional: true,
      propose: async () => {
        const { rolesIn } = await import('../roles/scenario.ts');
        return rolesIn(join(productRoot(), 'roles'));
      },
    },
  ],
  async run(session, flags, role) {
    if ((role === undefined) !== flags.all) throw oneOrAll();
    const { ROLE_SANDBOX, testRoles } = await import('../roles/test-roles.ts');
    const results = await testRoles(role === undefined ? [] : role.split(','), {
      ...daemonOptions(session, flags),
      keep: flags.keep,
      ...(flags.path && { folder: resolve(session.cwd, flags.path) }),
    });
    for (const result of results) session.result({ type: 'role-test', ...result }, () => '');
    session.print(renderRoleTests(results, session));
    if (flags.keep)
      session.say({
        en: `The machines stay: 'anklume sandbox delete ${ROLE_SANDBOX}' removes them.`,
        fr: `Les machines restent : « anklume sandbox delete ${ROLE_SANDBOX} » les supprime.`,
      });
    return results.every(({ ok }) => ok) ? ExitCode.done : ExitCode.failed;
  },
});

function oneOrAll(): AnklumeError {
  return new AnklumeError({
    code: 'role-or-all',
    exit: ExitCode.usage,
    message: {
      en: 'Name one role, or say --all.',
      fr: 'Indiquez un rôle, ou bien --all.',
    },
  });
}
