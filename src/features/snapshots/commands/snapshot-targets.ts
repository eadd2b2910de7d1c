import { AnklumeError, ExitCode } from '../../../base/messages/index.ts';
import type { Incus } from '../../../incus/index.ts';
import type { WordSpec } from '../../../kit/command.ts';
import { snapshotTargets } from '../../../kit/completion/names.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import type { Session } from '../../../kit/session.ts';
import type { Daemon, DaemonChoice, MachinePlace, World } from '../../../site/index.ts';
import type { Choice } from '../decide.ts';
import { snapshotNames } from '../names-to-complete.ts';

export const TARGET: WordSpec = {
  name: 'TARGET',
  brief: {
    en: 'A machine, a domain, all, or self (the machine that this runs in)',
    fr: 'Une machine, un domaine, all (toutes), ou self (la machine où tourne la commande)',
  },
  propose: snapshotTargets,
};

export const SNAPSHOT: WordSpec = {
  name: 'NAME',
  brief: { en: 'Name of the snapshot', fr: "Nom de l'instantané" },
  propose: snapshotNames,
};

interface Flags extends DaemonChoice {
  readonly infra: string | undefined;
  readonly yes: boolean;
}

/** The machines that are meant, and the daemon they live on. */
export interface Meant {
  readonly incus: Incus;
  readonly daemon: Daemon;
  readonly places: readonly MachinePlace[];
  readonly choice: Choice;
  /** How long what is written over is kept; absent where nothing is said of it. */
  readonly trashSeconds?: number;
}

/** Finds the machines and opens their daemon for the time of `work`. `self` needs no project folder. */
export async function withMachines(
  session: Session,
  flags: Flags,
  target: string | undefined,
  work: (meant: Meant) => Promise<ExitCode>,
): Promise<ExitCode> {
  const room = await import('../../../site/index.ts');
  const { openWorld } = await import('../../../site/index.ts');
  const place = { cwd: session.cwd, infra: flags.infra };
  const asksForSelf = target === room.WORDS.self;
  const world = asksForSelf ? await openWorld(place).catch(unlessUsage) : await openWorld(place);
  if (world && !(asksForSelf && !room.isDeclared(world.desired, room.WORDS.self)))
    return withDeclared(session, flags, target, world, work);
  await using daemon = await daemonOfSelf(session, flags);
  const places = [await room.ownPlace(daemon.incus)];
  return await work({ incus: daemon.incus, daemon, places, choice: { one: true } });
}

async function withDeclared(
  session: Session,
  flags: Flags,
  target: string | undefined,
  { desired }: World,
  work: (meant: Meant) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { placesOf, openDaemon } = await import('../../../site/index.ts');
  const places = placesOf(desired, target);
  const one = places.some(({ machine, instance }) => machine === target || instance === target);
  await using daemon = await openDaemon(flags, daemonOptions(session, flags));
  const choice = { one, projectName: desired.projectName };
  const { trashSeconds } = desired;
  return await work({
    ...{ incus: daemon.incus, daemon, places, choice },
    ...(trashSeconds !== undefined && { trashSeconds }),
  });
}

/** A machine without a project folder can still name itself. */
function unlessUsage(error: unknown): undefined {
  if (!(error instanceof AnklumeError) || error.exit !== ExitCode.usage) throw error;
  return undefined;
}

async function daemonOfSelf(session: Session, flags: Flags): Promise<Daemon> {
  const { openDaemon, needsAdminSocket } = await import('../../../site/index.ts');
  try {
    return await openDaemon(flags, daemonOptions(session, flags));
  } catch (error) {
    if (error instanceof AnklumeError && error.exit === ExitCode.environment)
      throw needsAdminSocket(error);
    throw error;
  }
}
