import { ExitCode } from '../../../base/messages/index.ts';
import { askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, type FlagValues, projectFlags, toggle, word } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';

const flushFlags = {
  force: toggle({
    en: 'Also protected machines, also on a production host',
    fr: 'Aussi les machines protégées, aussi sur un hôte en production',
  }),
  projectName: word('NAME', {
    en: 'The project_name whose objects are to be deleted, instead of that of the nearest project',
    fr: 'Le project_name dont les objets doivent disparaître, plutôt que celui du projet le plus proche',
  }),
  ...projectFlags,
  ...daemonFlags,
} as const;

export const flush = command({
  brief: {
    en: 'Remove the whole infrastructure, and no file',
    fr: "Supprimer toute l'infrastructure, et aucun fichier",
  },
  description: {
    en: 'Removes the machines, volumes, profiles, projects and networks of this infrastructure, and the isolation rules. Files of the project and Incus objects of others stay. Protected machines (ephemeral: false) stay too, with what they stand on, unless --force.',
    fr: "Supprime les machines, volumes, profils, projets et réseaux de cette infrastructure, ainsi que les règles d'isolation. Les fichiers du projet et les objets Incus des autres restent. Les machines protégées (ephemeral: false) restent aussi, avec ce dont elles dépendent, sauf avec --force.",
  },
  examples: [
    ['anklume flush', { en: 'show it, ask, then remove', fr: 'montrer, demander, puis supprimer' }],
    [
      'anklume flush --force --yes',
      { en: 'also what is protected', fr: 'y compris ce qui est protégé' },
    ],
    [
      'anklume flush --project-name lab',
      { en: 'the project folder no longer exists', fr: "le dossier du projet n'existe plus" },
    ],
  ],
  flags: flushFlags,
  run: flushInfra,
});

/** What `flush` and `destroy` do: shows all of it, asks, deletes. */
export async function flushInfra(
  session: Session,
  flags: FlagValues<typeof flushFlags>,
): Promise<ExitCode> {
  const { openWorld, openDaemon, alone } = await import('../../../site/index.ts');
  const { flushWorld } = await import('../flush.ts');
  const { renderPlan } = await import('../../../kit/render/plan.ts');
  const { renderFlush } = await import('../render/flush.ts');
  const place = { cwd: session.cwd, infra: flags.infra };
  const desired = flags.projectName ? undefined : (await openWorld(place)).desired;
  const name = flags.projectName ?? desired?.projectName ?? '';
  await using daemon = await openDaemon(flags, daemonOptions(session, flags));
  const flushed = await alone(daemon, 'flush', session, () =>
    flushWorld(
      name,
      daemon,
      {
        force: flags.force,
        trashSeconds: desired?.trashSeconds,
        confirm: async (plan) => {
          if (flags.yes) return;
          session.settle();
          session.terminal.stderr.write(`${renderPlan(plan, session, false)}\n`);
          await askYes(session, false, {
            en: `Delete all of this? What is in the machines of '${name}' is lost.`,
            fr: `Supprimer tout cela ? Ce que contiennent les machines de « ${name} » sera perdu.`,
          });
        },
      },
      session,
    ),
  );
  const { plan, report, rules, trash, seconds } = flushed;
  const stays = plan.entries.filter((entry) => entry.action === 'refuse');
  session.result(
    { type: 'flush', projectName: name, ...report, stays, rules, trash, seconds },
    () => renderFlush(flushed, flags.projectName, session),
  );
  return report.failed + stays.length > 0 ? ExitCode.failed : ExitCode.done;
}
