import { AnklumeError, ExitCode, type Text } from '../../../base/messages/index.ts';
import type { Removal } from '../../../engine/index.ts';
import { safetyFlags } from '../../../kit/apply-flags.ts';
import { askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { domainAndMachineNames } from '../../../kit/completion/names.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, type FlagValues, projectFlags, toggle } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';

const deleteFlags = {
  orphans: toggle({
    en: 'All machines of this infrastructure that are no longer declared',
    fr: 'Toutes les machines de cette infrastructure qui ne sont plus déclarées',
  }),
  force: toggle({
    en: 'Also protected machines (ephemeral: false)',
    fr: 'Aussi les machines protégées (ephemeral: false)',
  }),
  ...safetyFlags,
  ...projectFlags,
  ...daemonFlags,
} as const;

/** `anklume instance delete` */
export const remove = command({
  brief: { en: 'Delete machines', fr: 'Supprimer des machines' },
  description: {
    en: "Moves machines of this infrastructure to the trash. 'anklume rollback' restores them for a week (or as long as trash in infra.yml says). Their volumes, the project files and machines of others stay. A machine that infra.yml still declares is reported: the next apply would create it again.",
    fr: "Met des machines de cette infrastructure à la corbeille. « anklume rollback » les restaure pendant une semaine (ou la durée de trash dans infra.yml). Leurs volumes, les fichiers du projet et les machines des autres restent. Une machine qu'infra.yml déclare encore est signalée : le prochain apply la recréerait.",
  },
  examples: [
    ['anklume instance delete pro-dev', { en: 'one machine', fr: 'une machine' }],
    [
      'anklume instance delete vault --force --yes',
      {
        en: 'a protected one (ephemeral: false), without asking',
        fr: 'une machine protégée (ephemeral: false), sans poser de question',
      },
    ],
    [
      'anklume instance delete --orphans',
      {
        en: 'all that infra.yml no longer declares',
        fr: "toutes celles qu'infra.yml ne déclare plus",
      },
    ],
  ],
  flags: deleteFlags,
  rest: { name: 'MACHINE', least: 0, propose: domainAndMachineNames },
  async run(session, flags, ...words) {
    return removeMachines(
      session,
      flags,
      words.filter((one) => one !== undefined),
    );
  },
});

/** What `instance delete` and `destroy` do with machines: into the trash, after a question. */
export async function removeMachines(
  session: Session,
  flags: FlagValues<typeof deleteFlags>,
  names: readonly string[],
): Promise<ExitCode> {
  if (flags.orphans === names.length > 0) throw eitherOr();
  const { openDeclared, openDaemon, alone } = await import('../../../site/index.ts');
  const { removeMachines } = await import('../remove.ts');
  const { stillDeclared } = await import('../still-declared.ts');
  const { renderRemoval } = await import('../render/removal.ts');
  const place = { cwd: session.cwd, infra: flags.infra };
  const { world } = await openDeclared(place);
  await using daemon = await openDaemon(flags, daemonOptions(session, flags));
  const { force, skipSnapshot } = flags;
  const confirm = (removal: Removal) => askYes(session, flags.yes, question(removal, skipSnapshot));
  const removed = await alone(daemon, 'instance delete', session, () =>
    removeMachines(
      world,
      daemon,
      flags.orphans ? 'orphans' : names,
      { force, skipSnapshot, confirm },
      session,
    ),
  );
  const gone = [...removed.removed, ...removed.absent].map(({ machine }) => machine);
  const declared = await stillDeclared(place, world, gone);
  session.result({ type: 'remove', ...removed, declared }, () =>
    renderRemoval(removed, declared, session),
  );
  return removed.report.failed + removed.report.skipped + removed.stays.length > 0
    ? ExitCode.failed
    : ExitCode.done;
}

function question({ leaving }: Removal, forGood: boolean): Text {
  const names = leaving.map(({ machine }) => machine).join(', ');
  return forGood
    ? {
        en: `Delete ${names} for good? Their content is lost.`,
        fr: `Supprimer définitivement ${names} ? Leur contenu sera perdu.`,
      }
    : {
        en: `Move ${names} to the trash? 'anklume rollback' restores it; 'anklume history' shows until when.`,
        fr: `Mettre ${names} à la corbeille ? « anklume rollback » restaure ; « anklume history » montre jusqu'à quand.`,
      };
}

function eitherOr(): AnklumeError {
  return new AnklumeError({
    code: 'names-or-orphans',
    exit: ExitCode.usage,
    message: {
      en: 'Give either names of machines or --orphans.',
      fr: 'Donnez soit des noms de machines, soit --orphans.',
    },
  });
}
