import type { Text } from '../base/messages/index.ts';
import type { Desired } from '../world/tree/index.ts';
import { ORIGIN, parseOrigin } from './aside-origin.ts';
import { isLocked, MARK } from './marks.ts';
import type { Observed } from './observed.ts';
import { notOurs } from './ownership.ts';
import type { Plan, PlanEntry } from './plan.ts';
import {
  isOnItsWayOut,
  isOurs,
  type Live,
  namedTargets,
  orphanTargets,
  type Removable,
  type Target,
} from './removal-targets.ts';
import { instanceId } from './resources/instance-spec.ts';

/** What removing machines comes to. */
export interface Removal {
  /** Deletions and refusals, of instances alone. */
  readonly plan: Plan;
  /** The machines behind the deletions, with the ids of their entries. */
  readonly leaving: readonly (Removable & { readonly id: string })[];
  /** Declared machines that are not there. */
  readonly absent: readonly Removable[];
}

/**
 * Removal of the machines that `words` name: names of infra.yml, names in Incus, or PROJECT/NAME. Without words, of
 * all machines of this infrastructure that nothing declares any more. Others' machines are refused, protected ones
 * too unless `force`. Throws `unknown-machine` (exit 2).
 */
export function computeRemoval(
  desired: Desired,
  observed: Observed,
  words: readonly string[] | 'orphans',
  { force = false }: { readonly force?: boolean } = {},
): Removal {
  const targets =
    words === 'orphans' ? orphanTargets(desired, observed) : namedTargets(desired, observed, words);
  const there = targets.flatMap(({ live, ...target }) =>
    live ? [{ live, target, id: idOf(live, observed, desired) }] : [],
  );
  const entries = there.map(({ live, target, id }) => entryOf(live, id, target, desired, force));
  const going = new Set(entries.flatMap(({ action, id }) => (action === 'delete' ? [id] : [])));
  return {
    plan: { projectName: desired.projectName, entries, unchanged: 0, orphans: [], notes: [] },
    leaving: there.flatMap(({ target, id }) => (going.has(id) ? [{ ...plain(target), id }] : [])),
    absent: targets.flatMap((target) => (target.live ? [] : [plain(target)])),
  };
}

function plain({ guarded: _, live: __, ...about }: Target): Removable {
  return about;
}

/** What is known of a machine is known of it under the name that it had before a cut-off run began to put it aside. */
function idOf(live: Live, { instances }: Observed, { projectName }: Desired): string {
  const origin = isOnItsWayOut(live, projectName) ? parseOrigin(live.config[ORIGIN]) : undefined;
  const { project, name } = origin ?? live;
  const isTaken = instances.some(
    (one) => one !== live && one.project === project && one.name === name,
  );
  return isTaken ? instanceId(live.project, live.name) : instanceId(project, name);
}

function entryOf(
  live: Live,
  id: string,
  target: Omit<Target, 'live'>,
  desired: Desired,
  force: boolean,
) {
  const about = {
    id,
    kind: 'instance' as const,
    name: live.name,
    project: live.project,
    domain: target.domain,
    needs: [],
  };
  const refuse = (refusal: { code: string; reason: Text; remedy: Text }): PlanEntry => ({
    action: 'refuse',
    ...about,
    ...refusal,
  });
  if (!isOurs(live, desired.projectName))
    return refuse({ ...notOurs(about.id, live.config[MARK.project]), remedy: byHand(live) });
  const locked = isLocked(live);
  const onItsWay = isOnItsWayOut(live, desired.projectName);
  if ((locked || target.guarded) && !force && !onItsWay) return refuse(guarded(target));
  const entry: PlanEntry = {
    action: 'delete',
    ...about,
    reason: { en: 'is to be removed', fr: 'doit être supprimée' },
    ...(locked && { unprotect: true as const }),
  };
  return entry;
}

function guarded({ machine }: Pick<Removable, 'machine'>) {
  return {
    code: 'protected',
    reason: {
      en: `'${machine}' is protected (ephemeral: false) and is not removed.`,
      fr: `« ${machine} » est protégée (ephemeral: false) et n'est pas supprimée.`,
    },
    remedy: {
      en: `To remove it all the same: anklume instance delete ${machine} --force.`,
      fr: `Pour la supprimer malgré tout : anklume instance delete ${machine} --force.`,
    },
  };
}

function byHand({ name, project }: Live): Text {
  const line = `anklume incus -- delete ${name} --project ${project}`;
  return {
    en: `anklume removes its own machines only. If it is yours to remove: ${line}.`,
    fr: `anklume ne supprime que ses propres machines. Si elle est à vous : ${line}.`,
  };
}
