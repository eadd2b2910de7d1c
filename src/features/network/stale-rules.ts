import { AnklumeError, type Event, type Text } from '../../base/messages/index.ts';
import type { Host } from '../../base/system/index.ts';
import type { BridgeFault } from '../../engine/index.ts';
import { isWalled, type NetworkStatus, networkStatus } from '../../isolation/index.ts';
import type { Daemon } from '../../site/index.ts';
import { aroundOf, declaredBy } from '../../site/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { faultsOfBridges } from './bridges.ts';

/** How the walls look from here. Plain JSON. */
export interface WallsSeen {
  /** Absent where nobody here can look. */
  readonly status?: NetworkStatus;
  /** False: something of ours runs without the rules that are wanted for it. */
  readonly walled: boolean;
  /** What is dead or missing of bridges. */
  readonly faults: readonly BridgeFault[];
  /** What to tell; nothing when all is well. */
  readonly warning?: Event;
}

/** Looks whether the loaded rules are those of the tree, and says which domains that are made have no walls. */
export async function lookAtWalls(desired: Desired, daemon: Daemon): Promise<WallsSeen> {
  if (!daemon.host) return { walled: true, faults: [], warning: unseen(daemon.where) };
  const { incus, host } = daemon;
  const [status, instances, networks] = await Promise.all([
    statusIfReadable(desired, daemon, host),
    incus.instances.list(),
    incus.networks.list(),
  ]);
  const faults = faultsOfBridges(desired, { networks, instances }, host);
  if (!status) return { walled: true, faults: await faults.catch(unlessOurs), warning: unreadable };
  const warning = warningOf(status, false);
  return { status, walled: isWalled(status), faults: await faults, ...(warning && { warning }) };
}

/** The warning alone, for commands that make what is not made yet: their plan knows of the bridges. */
export async function staleRules(desired: Desired, daemon: Daemon): Promise<Event | undefined> {
  if (!daemon.host) return undefined;
  const status = await statusIfReadable(desired, daemon, daemon.host);
  return status ? warningOf(status, true) : unreadable;
}

/** `soon`: what is not made yet counts as well. */
function warningOf(status: NetworkStatus, soon: boolean): Event | undefined {
  if (status.state === 'current') return undefined;
  const lacking = status.domains.filter(({ covered, made }) => (made || soon) && !covered);
  // Of a world that is not made yet there is nothing to wall in: what makes it loads its rules first.
  if (status.state === 'absent' && lacking.length === 0) return undefined;
  const open = lacking.filter(({ closed }) => !closed).map(({ name }) => name);
  const closed = lacking.filter((one) => one.closed).map(({ name }) => name);
  return {
    type: 'note',
    level: 'warning',
    code: 'rules-stale',
    text:
      open.length > 0
        ? withoutWalls(open)
        : closed.length > 0
          ? untilDeployed(closed)
          : status.outdated
            ? outdated
            : others,
    remedy: { en: "Run 'anklume network deploy'.", fr: 'Lancez « anklume network deploy ».' },
  };
}

function withoutWalls(open: readonly string[]): Text {
  const names = open.join(', ');
  return {
    en: `Without isolation rules until they are deployed: ${names}.`,
    fr: `Sans règles d'isolation jusqu'à leur déploiement : ${names}.`,
  };
}

function untilDeployed(closed: readonly string[]): Text {
  const names = closed.join(', ');
  return {
    en: `Closed until the rules are deployed: ${names}.`,
    fr: `Fermés tant que les règles ne sont pas déployées : ${names}.`,
  };
}

const others: Text = {
  en: 'The isolation rules in force are not those of the tree.',
  fr: "Les règles d'isolation en vigueur ne sont pas celles de l'arborescence.",
};

const outdated: Text = {
  en: 'The isolation rules in force are out of date: they have no codes, as those of an earlier version.',
  fr: "Les règles d'isolation en vigueur sont dépassées : elles sont sans codes, comme celles d'une version antérieure.",
};

function unseen(where: string): Event {
  return {
    type: 'note',
    level: 'warning',
    code: 'walls-unseen',
    text: {
      en: `No isolation rules were loaded from here, and it is not known whether any are loaded there: ${where} is another machine.`,
      fr: `Aucune règle d'isolation n'a été chargée d'ici, et on ne sait pas s'il y en a là-bas : ${where} est une autre machine.`,
    },
    remedy: {
      en: "Run 'anklume network status' on that machine.",
      fr: 'Lancez « anklume network status » sur cette machine.',
    },
  };
}

const unreadable: Event = {
  type: 'note',
  level: 'warning',
  code: 'walls-unreadable',
  text: {
    en: 'It is not known whether isolation rules are loaded: only root can read them.',
    fr: "On ne sait pas si des règles d'isolation sont chargées : seul root peut les lire.",
  },
  remedy: { en: 'Run the same command with sudo.', fr: 'Relancez la même commande avec sudo.' },
};

/** Who may not look at rules may not look at links either; that warning is about both. */
function unlessOurs(error: unknown): [] {
  if (error instanceof AnklumeError) return [];
  throw error;
}

/** Rules can be read by root alone. */
async function statusIfReadable(desired: Desired, daemon: Daemon, host: Host) {
  try {
    return await networkStatus(desired, host, await aroundOf(daemon, declaredBy(desired)));
  } catch (error) {
    if (error instanceof AnklumeError) return undefined;
    throw error;
  }
}
