import { AnklumeError, type Emit } from '../../base/messages/index.ts';
import {
  arrange,
  type ClosedThing,
  closedText,
  closedWorld,
  deployRules,
  knownTo,
  ownerChain,
  readInfrastructures,
  removeRules,
  thingsOf,
} from '../../isolation/index.ts';
import type { Daemon } from '../../site/index.ts';
import { aroundOf, declaredBy, rulesOf } from '../../site/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { type Change, keepRules } from './boot-rules.ts';

export type Closed = readonly Omit<ClosedThing, 'holds'>[];

/**
 * Closes what carries a mark and is in nobody's rules, or no longer declared by this tree, and takes away what was
 * closed and is gone. The rules of infrastructures stay as they are: what the tree declares counts as known, loaded or
 * not. Gives what is closed.
 */
export async function closeUndeclared(
  desired: Desired,
  daemon: Daemon,
  emit: Emit,
): Promise<Closed> {
  const { incus, host } = daemon;
  if (!host) return [];
  const around = await aroundOf({ incus }, declaredBy(desired));
  try {
    const loaded = await readInfrastructures(host);
    const { closed } = arrange(rulesOf(desired), loaded, around);
    const { projectName } = desired;
    await load(closedText(closed, loaded), daemon, { projectName, declared: declaredBy(desired) });
    return thingsOf(closed, around);
  } catch (error) {
    if (!(error instanceof AnklumeError)) throw error;
    emit(notClosed(error));
    return [];
  }
}

/**
 * Takes away the tables of an infrastructure, unless something `remains` of it, and closes again what is in nobody's
 * rules then. True when there was something to take away.
 */
export async function takeRulesAway(
  projectName: string,
  daemon: Daemon,
  remains: boolean,
): Promise<boolean> {
  const { incus, host } = daemon;
  if (!host) return false;
  const { marked } = await aroundOf({ incus });
  const before = await readInfrastructures(host);
  const isOwn = ({ owner, bridges }: (typeof before.infrastructures)[number]) =>
    owner === ownerChain(projectName) ||
    // Of an earlier version: whose it was, nobody's bridges say any more.
    (owner === undefined && !marked.bridges.some(({ bridge }) => bridges.includes(bridge)));
  const own = remains ? [] : before.infrastructures.filter(isOwn).map(({ name }) => name);
  const closed = closedWorld(
    marked,
    knownTo(before.infrastructures.filter(({ name }) => !own.includes(name))),
  );
  // What is closed first, so that nothing is open between the two.
  await load(closedText(closed, before), daemon, { projectName });
  const removed = await removeRules(host, own);
  if (!remains) await keepRules(daemon, { projectName, removed: true });
  return removed;
}

async function load(text: string, daemon: Daemon, about: Change): Promise<void> {
  if (text === '' || !daemon.host) return;
  const { changed } = await deployRules(text, daemon.host);
  if (changed) await keepRules(daemon, about);
}

function notClosed({ text }: AnklumeError) {
  return {
    type: 'note',
    level: 'warning',
    code: 'undeclared-not-closed',
    text: {
      en: `It could not be verified that machines which are no longer declared are closed: ${text.en}`,
      fr: `Impossible de s'assurer que les machines qui ne sont plus déclarées sont fermées : ${text.fr}`,
    },
  } as const;
}
