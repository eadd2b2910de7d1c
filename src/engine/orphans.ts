import type { Text } from '../base/messages/index.ts';
import type { Refusal } from './decide.ts';
import { ASIDE_PROJECT, isLocked, MARK } from './marks.ts';
import type { Observed } from './observed.ts';
import type { Orphan, PlanEntry, ResourceKind } from './plan.ts';
import { instanceId } from './resources/instance-spec.ts';
import { networkId } from './resources/network.ts';
import { profileId } from './resources/profile.ts';
import { projectId } from './resources/project.ts';
import { volumeId } from './resources/volume.ts';
import type { Scope } from './selection.ts';
import type { Spec } from './spec.ts';

/** An object of ours that nothing declares any more. */
export interface Leftover {
  readonly id: string;
  readonly kind: ResourceKind;
  readonly name: string;
  readonly project?: string;
  readonly pool?: string;
  readonly domain?: string;
  readonly machine?: string;
  readonly protected: boolean;
  /** Ids of the objects that stand on this one. */
  readonly users: readonly string[];
}

/**
 * All objects with our mark that the tree no longer names, in the order in which they could be removed. Disposable
 * machines are named by no tree and are no leftovers, unless `disposables` asks for them too.
 */
export function findLeftovers(
  projectName: string,
  observed: Observed,
  specs: ReadonlyMap<string, Spec>,
  scope: Scope,
  { disposables = false }: { readonly disposables?: boolean } = {},
): Leftover[] {
  // What is on its way out, left by an interrupted run, is still in its old place under its new mark.
  const ours = (object: Marks) =>
    object.project !== ASIDE_PROJECT &&
    [object.config[MARK.project], object.config[MARK.asideOf]].includes(projectName);
  const all = [
    ...(disposables ? observed.disposables.filter(ours).map(instanceLeftover) : []),
    ...observed.instances.filter(ours).map(instanceLeftover),
    ...observed.volumes.filter(ours).map((one) => volumeLeftover(one, observed)),
    ...observed.profiles
      .filter((one) => ours(one) && one.name !== 'default')
      .map((one) => profileLeftover(one, observed)),
    ...observed.projects.filter(ours).map((one) => projectLeftover(one, observed)),
    ...observed.networks.filter(ours).map((one) => networkLeftover(one, observed)),
  ];
  return all.filter((one) => !specs.has(one.id) && scope.covers(one.domain, one.machine));
}

interface Marks {
  readonly config: Readonly<Record<string, string>>;
  readonly project?: string;
}

export function orphanOf({ id, kind, protected: isProtected }: Leftover): Orphan {
  return { id, kind, protected: isProtected };
}

type Marked<T> = T & { readonly name: string; readonly config: Readonly<Record<string, string>> };

function marksOf(config: Readonly<Record<string, string>>) {
  const domain = config[MARK.domain];
  const machine = config[MARK.machine];
  return { ...(domain !== undefined && { domain }), ...(machine !== undefined && { machine }) };
}

function instanceLeftover(one: Observed['instances'][number]): Leftover {
  return {
    id: instanceId(one.project, one.name),
    kind: 'instance',
    name: one.name,
    project: one.project,
    ...marksOf(one.config),
    protected: isLocked(one),
    users: [],
  };
}

function volumeLeftover(one: Observed['volumes'][number], observed: Observed): Leftover {
  return {
    id: volumeId(one.project, one.pool, one.name),
    kind: 'volume',
    name: one.name,
    project: one.project,
    pool: one.pool,
    ...marksOf(one.config),
    protected: one.config[MARK.protected] === 'true',
    users: observed.instances
      .filter(
        (instance) =>
          instance.project === one.project &&
          Object.values(instance.expanded_devices).some(
            (device) => device.source === one.name && device.pool === one.pool,
          ),
      )
      .map((instance) => instanceId(instance.project, instance.name)),
  };
}

function profileLeftover(one: Observed['profiles'][number], observed: Observed): Leftover {
  return {
    id: profileId(one.project, one.name),
    kind: 'profile',
    name: one.name,
    project: one.project,
    ...marksOf(one.config),
    protected: false,
    users: [...observed.instances, ...observed.disposables]
      .filter(
        (instance) => instance.project === one.project && instance.profiles.includes(one.name),
      )
      .map((instance) => instanceId(instance.project, instance.name)),
  };
}

function projectLeftover(one: Marked<unknown>, observed: Observed): Leftover {
  const inside = (object: { readonly project: string }) => object.project === one.name;
  return {
    id: projectId(one.name),
    kind: 'project',
    name: one.name,
    project: one.name,
    ...marksOf(one.config),
    protected: false,
    users: [
      ...[...observed.instances, ...observed.disposables, ...observed.unreadable]
        .filter(inside)
        .map((instance) => instanceId(instance.project, instance.name)),
      ...observed.volumes.filter(inside).map((v) => volumeId(v.project, v.pool, v.name)),
      ...observed.profiles
        .filter((profile) => inside(profile) && profile.name !== 'default')
        .map((profile) => profileId(profile.project, profile.name)),
    ],
  };
}

function networkLeftover(one: Marked<unknown>, observed: Observed): Leftover {
  const onIt = (devices: Readonly<Record<string, Readonly<Record<string, string>>>>) =>
    Object.values(devices).some((device) => device.network === one.name);
  return {
    id: networkId(one.name),
    kind: 'network',
    name: one.name,
    ...marksOf(one.config),
    protected: false,
    users: [
      ...[...observed.instances, ...observed.disposables]
        // What it has from a profile is that profile's use.
        .filter((instance) => onIt(instance.devices))
        .map((instance) => instanceId(instance.project, instance.name)),
      ...observed.profiles
        .filter((profile) => onIt(profile.devices))
        .map((profile) => profileId(profile.project, profile.name)),
    ],
  };
}

/** All but those that are to stay, and what these stand on. */
export function withoutSpared(
  leftovers: readonly Leftover[],
  spared: ReadonlySet<string> = new Set(),
): Leftover[] {
  const stays = new Set(spared);
  // Users come before what they use.
  return leftovers.filter(({ id, users }) => {
    if (users.some((user) => stays.has(user) || stays.has(ownerOf(user)))) stays.add(id);
    return !stays.has(id);
  });
}

/**
 * Removal of the leftovers, each after its users. One that is protected, or that something keeps using, is refused;
 * with `force`, protection is no reason. `planned` are the entries of the wanted objects: an update may take a
 * leftover out of use.
 */
export function removals(
  leftovers: readonly Leftover[],
  planned: ReadonlyMap<string, PlanEntry>,
  {
    force = false,
    reason = notDeclared,
    release,
  }: { readonly force?: boolean; readonly reason?: Text; readonly release?: Text } = {},
): PlanEntry[] {
  const removed = new Map<string, PlanEntry>();
  for (const leftover of leftovers) {
    const about = {
      id: leftover.id,
      kind: leftover.kind,
      name: leftover.name,
      ...(leftover.project !== undefined && { project: leftover.project }),
      ...(leftover.domain !== undefined && { domain: leftover.domain }),
      ...(leftover.pool !== undefined && { pool: leftover.pool }),
    };
    const spared = leftover.protected && !force;
    const kept = spared
      ? undefined
      : leftover.users.find((user) => !leaves(user, removed, planned));
    const refusal = spared ? isProtected(leftover, release) : kept && inUse(leftover, kept);
    const unprotect = leftover.protected && leftover.kind === 'instance';
    removed.set(
      leftover.id,
      refusal
        ? { action: 'refuse', ...about, needs: [], ...refusal }
        : {
            action: 'delete',
            ...about,
            needs: leftover.users.map(ownerOf),
            reason,
            ...(unprotect && { unprotect }),
          },
    );
  }
  return [...removed.values()];
}

/** Whether a user of a leftover is removed too, goes with its project, or is changed in this plan. */
function leaves(
  user: string,
  removed: ReadonlyMap<string, PlanEntry>,
  planned: ReadonlyMap<string, PlanEntry>,
): boolean {
  return (
    removed.get(ownerOf(user))?.action === 'delete' ||
    removed.get(user)?.action === 'delete' ||
    planned.get(user)?.action === 'update'
  );
}

/** A default profile goes away with its project; everything else by itself. */
function ownerOf(user: string): string {
  const match = /^profile:(.+)\/default$/.exec(user);
  return match ? projectId(match[1] ?? '') : user;
}

const notDeclared = {
  en: 'is no longer declared',
  fr: `n'est plus déclaré`,
};

function isProtected(leftover: Leftover, remedy?: Text): Refusal {
  const release =
    leftover.kind === 'instance'
      ? `anklume incus -- config set ${leftover.name} security.protection.delete=false --project ${leftover.project}`
      : `anklume incus -- storage volume set ${leftover.pool} ${leftover.name} ${MARK.protected}=false --project ${leftover.project}`;
  return {
    code: 'protected',
    reason: {
      en: `'${leftover.name}' is protected (ephemeral: false) and is not removed.`,
      fr: `« ${leftover.name} » est protégé (ephemeral: false) et n'est pas supprimé.`,
    },
    remedy: remedy ?? {
      en: `To give it up, lift the protection (${release}), then apply again with --prune.`,
      fr: `Pour y renoncer, levez la protection (${release}), puis relancez apply avec --prune.`,
    },
  };
}

function inUse(leftover: Leftover, user: string): Refusal {
  return {
    code: 'in-use',
    reason: {
      en: `'${leftover.name}' is still used by ${user}, which stays.`,
      fr: `« ${leftover.name} » est encore utilisé par ${user}, qui reste.`,
    },
  };
}
