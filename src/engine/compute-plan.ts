import type { NestingContext } from '../world/infra/index.ts';
import type { Desired, DesiredDomain } from '../world/tree/index.ts';
import { repairBridges } from './bridges/repair.ts';
import { clashNotes, resolveClashes, resolveCollisions } from './conflicts.ts';
import { type Rules, refuse } from './decide.ts';
import { newMapNotes } from './idmap/notes.ts';
import { refuseWithoutIds } from './idmap/refuse.ts';
import { stopForShift } from './idmap/unshift.ts';
import { resolveListens } from './listens.ts';
import { movesMachines, resolveMoves } from './moves.ts';
import type { Observed } from './observed.ts';
import { findLeftovers, type Leftover, orphanOf, removals, withoutSpared } from './orphans.ts';
import type { Plan, PlanEntry, PlanNote, ResourceKind } from './plan.ts';
import { realityOf } from './reality/notes.ts';
import { refuseDangers } from './reality/refuse.ts';
import { askForRenames } from './renames.ts';
import { unmetRequirement } from './requirements.ts';
import { imageEntry } from './resources/image.ts';
import { instanceEntry, instanceNotes, isTemplate } from './resources/instance.ts';
import { instanceId } from './resources/instance-spec.ts';
import { networkEntry } from './resources/network.ts';
import { profileEntry } from './resources/profile.ts';
import { projectEntry } from './resources/project.ts';
import { volumeEntry } from './resources/volume.ts';
import { kindsOf, scopeOf } from './selection.ts';
import { refuseShrinks } from './shrinks.ts';
import type { Spec } from './spec.ts';
import { declaredSpecs, isUnguarded, type Specs, specsOf } from './specs.ts';
import { unguardedNotes } from './unguarded-notes.ts';

export interface PlanOptions {
  /** Words of `--tags`; all kinds when absent. */
  readonly tags?: readonly string[];
  /** A domain or a machine. */
  readonly limit?: string;
  /** Take over objects of the wanted name that somebody else made. */
  readonly adopt?: boolean;
  /** Remove what is ours and no longer declared. */
  readonly prune?: boolean;
  /** Ids of leftovers that stay all the same, with what they stand on. */
  readonly spared?: ReadonlySet<string>;
  /** What is protected and no longer declared stays without stopping the rest. */
  readonly sparesProtected?: boolean;
  /** Whether a new machine may be one of before under another name is asked. */
  readonly asksForRenames?: boolean;
  /** Where the daemon's host stands; absent where nobody can tell, and machines are then told nothing. */
  readonly nesting?: NestingContext | undefined;
}

/** What has to be done for the daemon to hold the desired world. Pure: the same inputs give the same plan. */
export function computePlan(desired: Desired, observed: Observed, options: PlanOptions = {}): Plan {
  const kinds = kindsOf(options.tags);
  const scope = scopeOf(desired, options.limit);
  const specs = specsOf(desired, observed, options.nesting);
  const rules = { projectName: desired.projectName, adopt: options.adopt ?? false };
  const wanted =
    options.limit === undefined
      ? [...specs.all.values()]
      : specsWithin(specs, specsOf({ ...desired, domains: scope.domains }, observed));
  const declared = declaredSpecs(specs.all, desired);
  const unmade = new Set<string>();
  const entries = new Map<string, PlanEntry>();
  const notes: PlanNote[] = [];
  for (const spec of wanted) {
    const entry = entryOf(spec, specs, observed, rules);
    if (entry?.action === 'create' && !declared.has(spec.id)) {
      unmade.add(spec.id);
      continue;
    }
    if (entry) entries.set(spec.id, entry);
    if (spec.kind === 'instance' && kinds.has('instance'))
      notes.push(...instanceNotes(spec, observed));
  }
  const leftovers = findLeftovers(desired.projectName, observed, declared, scope);
  if (options.prune)
    for (const entry of removals(
      withoutSpared(leftovers, sparedOf(leftovers, specs, options)),
      entries,
    ))
      entries.set(entry.id, entry);
  if (options.asksForRenames) notes.push(...askForRenames(entries, specs.all, leftovers, observed));
  resolveCollisions(entries, specs.all, observed);
  resolveClashes(entries, specs.all, observed);
  resolveListens(entries, specs.all, observed);
  refuseShrinks(entries, specs, observed);
  refuseDangers(entries, desired, specs, options.nesting);
  refuseWithoutIds(entries, specs, observed);
  stopForShift(entries, specs, observed);
  resolveMoves(entries, specs.all, observed);
  notes.push(...repairBridges(entries, wanted, observed, kinds.has('network')));
  if (kinds.has('instance')) notes.push(...clashNotes(wanted, entries, specs.all, observed));
  notes.push(...openNotes(desired, observed, entries, scope.domains));
  notes.push(...newMapNotes(entries.values(), observed));
  if (isUnguarded(observed)) notes.push(...unguardedNotes(entries));
  dropUnusedImages(entries);
  return {
    projectName: desired.projectName,
    entries: select(entries, kinds),
    unchanged: wanted.filter(
      ({ id, kind }) => kinds.has(kind) && !entries.has(id) && !unmade.has(id),
    ).length,
    orphans: leftovers.map(orphanOf),
    notes,
    ...restingAmong(observed.instances, unmade),
  };
}

/** What was opened by hand in the domains looked at, but for what this plan puts right itself. */
function openNotes(
  desired: Desired,
  observed: Observed,
  entries: ReadonlyMap<string, PlanEntry>,
  domains: readonly DesiredDomain[],
): PlanNote[] {
  const projects = new Set(domains.map(({ project }) => project));
  const instances = [...observed.instances, ...observed.disposables];
  return realityOf(desired, instances, observed.networks)
    .filter(({ project, change, note }) => {
      const entry = entries.get(note.id);
      const changes = entry && 'changes' in entry ? entry.changes : [];
      const mends = changes.some(
        ({ key }) => key === change.key || key.startsWith(`${change.key}.`),
      );
      return projects.has(project) && !mends && entry?.action !== 'delete';
    })
    .map(({ note }) => note);
}

/** What stays however much is pruned: a protected machine of a domain that is left behind, and what it stands on. */
function sparedOf(
  leftovers: readonly Leftover[],
  specs: Specs,
  { spared = new Set(), sparesProtected }: PlanOptions,
): ReadonlySet<string> {
  const stays = leftovers.filter(
    (one) => one.protected && (sparesProtected || specs.all.has(one.id)),
  );
  return new Set([...spared, ...stays.map(({ id }) => id)]);
}

/** The templates that are stopped, as a plan names them, and what is not made. */
export function restingAmong(
  instances: Observed['instances'],
  unmade: ReadonlySet<string> = new Set(),
): Pick<Plan, 'resting'> {
  const templates = instances
    .filter((live) => live.status === 'Stopped' && isTemplate(live))
    .map(({ project, name }) => instanceId(project, name));
  const resting = [...templates, ...unmade];
  return resting.length > 0 ? { resting } : {};
}

/** The specs of the whole world that the limit leaves: shared ones know all their machines. */
function specsWithin(world: Specs, limited: Specs): Spec[] {
  return [...limited.all.keys()].flatMap((id) => world.all.get(id) ?? []);
}

function entryOf(
  spec: Spec,
  specs: Specs,
  observed: Observed,
  rules: Rules,
): PlanEntry | undefined {
  switch (spec.kind) {
    case 'network':
      return networkEntry(spec, observed.networks, rules);
    case 'project':
      return projectEntry(spec, observed.projects, rules);
    case 'profile':
      return profileEntry(spec, observed, rules);
    case 'volume':
      return volumeEntry(spec, observed, rules);
    case 'image':
      return imageEntry(spec, observed);
    case 'instance':
      return checkedInstance(spec, specs, observed, rules);
  }
}

/** A machine that needs nothing is not asked whether the host could run it. */
function checkedInstance(
  spec: Spec,
  specs: Specs,
  observed: Observed,
  rules: Rules,
): PlanEntry | undefined {
  if (observed.unreadable.some((one) => one.project === spec.project && one.name === spec.name))
    return undefined;
  const entry = instanceEntry(spec, observed, rules);
  const machine = specs.machines.get(spec.id);
  if (!entry || !machine || entry.action === 'refuse') return entry;
  const refusal = unmetRequirement(spec, machine, observed);
  return refusal ? refuse(spec, refusal) : entry;
}

/** An absent image is only missed by a machine that is about to be made from it. */
function dropUnusedImages(entries: Map<string, PlanEntry>): void {
  const needed = new Set(
    [...entries.values()]
      .filter((entry) => entry.action === 'create' || entry.action === 'recreate')
      .flatMap((entry) => entry.needs),
  );
  for (const [id, entry] of entries)
    if (entry.kind === 'image' && !needed.has(id)) entries.delete(id);
}

/** The entries of the chosen kinds, standing only on each other. */
function select(
  entries: ReadonlyMap<string, PlanEntry>,
  kinds: ReadonlySet<ResourceKind>,
): PlanEntry[] {
  return [...entries.values()]
    .filter((entry) => kinds.has(entry.kind))
    .map((entry) => {
      const pending = entry.needs.flatMap((id) => entries.get(id) ?? []);
      const needs = pending.filter((need) => kinds.has(need.kind)).map((need) => need.id);
      const blocking = pending.find(
        (need) => !kinds.has(need.kind) && (need.action !== 'update' || movesMachines(need)),
      );
      return blocking && entry.action !== 'refuse'
        ? needsFirst(entry, blocking, needs)
        : { ...entry, needs };
    });
}

function needsFirst(entry: PlanEntry, blocking: PlanEntry, needs: readonly string[]): PlanEntry {
  const { id, kind, name, project, domain, pool } = entry;
  return {
    action: 'refuse',
    id,
    kind,
    name,
    ...(project !== undefined && { project }),
    ...(domain !== undefined && { domain }),
    ...(pool !== undefined && { pool }),
    needs,
    code: 'needs-first',
    reason: {
      en: `stands on ${blocking.id}, which is not ready and not among the chosen tags.`,
      fr: `repose sur ${blocking.id}, qui n'est pas prêt et ne fait pas partie des étiquettes choisies.`,
    },
    remedy: {
      en: `Add the tag '${blocking.kind}s', or leave --tags out.`,
      fr: `Ajoutez l'étiquette « ${blocking.kind}s », ou retirez --tags.`,
    },
  };
}
