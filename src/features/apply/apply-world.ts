import { AnklumeError, type Emit } from '../../base/messages/index.ts';
import { checkWritable, loadBridgeFilter } from '../../base/system/index.ts';
import {
  afterRenames,
  computePlan,
  executePlan,
  MARK,
  observeDetails,
  type Plan,
  refuseIncomplete,
  renameMachine,
  renameNotes,
  renamesOf,
  restingAmong,
} from '../../engine/index.ts';
import { requirePlaybook } from '../../provision/index.ts';
import { readyMachine } from '../../repair/index.ts';
import type { Daemon, Listening, World } from '../../site/index.ts';
import {
  carryDataFolders,
  exportForNesting,
  imageOptions,
  look,
  prepareDataFolders,
  prepareFolder,
  refuseCollisions,
  rulesOf,
  type Sight,
} from '../../site/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { recoverIfLeft } from '../backup/index.ts';
import {
  changesWorld,
  concerned,
  readFiles,
  type SafetyNet,
  spreadNet,
} from '../generations/index.ts';
import {
  closeUndeclared,
  FIREWALL_TAG,
  findRulesFile,
  keepComing,
  refuseUnwalled,
  settleBoot,
  writeRules,
} from '../network/index.ts';
import type { Applied, ApplyChoices } from './choices.ts';
import type { Applying } from './equal-machines.ts';
import { ansibleTags, givesRoles, isRoleTag, PROVISION_TAG } from './provision.ts';

/** The tag that stands for the rules file; the others name kinds of resources. */
const RULES_TAG = 'nftables';

/** Tags that name no kind of resource. */
const OTHER_TAGS: readonly string[] = [RULES_TAG, FIREWALL_TAG, PROVISION_TAG];

/** What apply would do, without doing it; `looking` where that was begun already. Throws `subnet-collides-host` (exit 2). */
export async function planWorld(
  { desired }: World,
  daemon: Daemon,
  choices: ApplyChoices,
  looking: Promise<Sight> = look(daemon, choices.willBoot),
): Promise<Plan> {
  const { around, observed, nesting } = await looking;
  const overlapped = refuseCollisions(desired, around, observed.networks);
  const renames = renamesOf(choices.rename ?? [], desired, observed);
  const complete = await observeDetails(daemon.incus, desired, observed, daemon.host);
  const plan = computePlan(desired, afterRenames(complete, renames), {
    ...engineOptions(desired, choices),
    nesting,
  });
  return { ...plan, notes: [...overlapped, ...renameNotes(renames), ...plan.notes] };
}

/** Brings the daemon to the wanted world. To be called within `alone`. */
export async function applyWorld(
  world: World,
  daemon: Daemon,
  choices: ApplyChoices,
  { emit, signal, extensions }: Applying,
  looking?: Promise<Sight>,
): Promise<Applied> {
  const started = performance.now();
  if (givesRoles(world.desired, choices)) await requirePlaybook(world.root);
  // Made while the daemon looks for its answers.
  const rules = wantsRules(choices) ? rulesOf(world.desired) : undefined;
  const file = rules === undefined ? undefined : await findRulesFile(world.root);
  const plan = touchesNoObject(choices, world.desired)
    ? await nothing(world, daemon, choices)
    : await planWorld(world, daemon, choices, renamed(world, daemon, choices, emit, looking));
  // The question is told once: where it stops the run, with the failure.
  for (const { code, text, remedy } of choices.asksFirst
    ? withoutQuestions(plan.notes)
    : plan.notes)
    emit({ type: 'note', level: 'warning', code, text, ...(remedy && { remedy }) });
  if (!choices.partial) refuseIncomplete(plan);
  if (choices.asksFirst) refuseUnasked(plan);
  const walledBy = await refuseUnwalled(plan, world.root, daemon, choices);
  if (plan.entries.some(({ action }) => action === 'delete')) await choices.confirm?.(plan);
  if (changesWorld(plan) && file) await checkWritable(file.target, Buffer.byteLength(rules ?? ''));
  const net = changesWorld(plan)
    ? await netFor(world, daemon, plan, choices, { emit, signal })
    : undefined;
  const close = () => closeUndeclared(world.desired, daemon, emit);
  let closed = choices.ready || !leavesAny(plan) ? undefined : await close();
  await choices.ready?.();
  if (plan.entries.some(({ kind, action }) => kind === 'network' && action !== 'delete'))
    await keepComing(world.desired, daemon, emit);
  const { host } = daemon;
  if (host && plan.entries.some(({ kind }) => kind === 'instance'))
    await loadBridgeFilter(host, emit);
  await prepareFolder(world.desired, daemon);
  await prepareDataFolders(world.desired, daemon);
  const run = sharesMachines(choices)
    ? await extensions.equalMachines?.(world, daemon, plan, { emit, signal })
    : undefined;
  const report = await executePlan(run?.plan ?? plan, daemon.incus, {
    emit,
    signal,
    images: imageOptions(world.desired),
    ...(run && { before: run.before, ended: run.ended }),
    ...(host && { host }),
    ...(net?.discard && { discard: net.discard }),
    ...(choices.make && { make: choices.make }),
  });
  if (plan.entries.some(({ action }) => action === 'delete')) closed = await close();
  await settleBoot(daemon, emit);
  const rulesChanged = rules !== undefined && (await writeRules(world, rules));
  await net?.finish(report, report.outcomes);
  const golden = await run?.report();
  if (!touchesNoObject(choices, world.desired))
    await exportForNesting(world.desired, daemon, { emit, signal });
  const seconds = (performance.now() - started) / 1000;
  return {
    plan,
    report,
    rulesChanged,
    ...(golden && { golden }),
    ...(closed && { closed }),
    walledBy,
    snapshots: net?.record.snapshots.length ?? 0,
    seconds,
  };
}

/** Once an empty machine stands under the new name, the one of before can no longer have it: the answer comes first. */
export function refuseUnasked({ notes }: Pick<Plan, 'notes'>): void {
  const asked = notes.filter(({ code }) => code === 'maybe-renamed');
  if (asked.length === 0) return;
  throw new AnklumeError({
    code: 'maybe-renamed',
    message: {
      en: 'A new machine may be one of before under another name, so nothing was made.',
      fr: "Une nouvelle machine est peut-être une d'avant sous un autre nom ; rien n'a donc été créé.",
    },
    problems: asked.map(({ id, code, text, remedy }) => ({
      ...{ code, severity: 'error' as const, path: [id], message: text },
      ...(remedy && { remedy }),
    })),
  });
}

function withoutQuestions(notes: Plan['notes']): Plan['notes'] {
  return notes.filter(({ code }) => code !== 'maybe-renamed');
}

/** Whether something of ours that packets come from is no longer declared. */
function leavesAny({ orphans }: Plan): boolean {
  return orphans.some(({ kind }) => kind === 'network' || kind === 'instance');
}

/**
 * What there is, once what a killed run left is settled: a machine that a restore had moved aside would be made anew,
 * and one that the daemon froze for a snapshot would stay so.
 */
async function afterKills(
  { desired }: World,
  daemon: Daemon,
  { willBoot }: ApplyChoices,
  emit: Emit,
  looking: Promise<Sight> = look(daemon, willBoot),
): Promise<Sight> {
  const sight = await looking;
  const { incus, host } = daemon;
  const { projects, instances } = sight.observed;
  const changed = await recoverIfLeft(incus, projects, emit);
  const frozen = instances.filter(
    ({ status, config }) => status === 'Frozen' && config[MARK.project] === desired.projectName,
  );
  await Promise.all(frozen.map((live) => readyMachine(incus, live, { host, emit })));
  return changed || frozen.length > 0 ? look(daemon, willBoot) : sight;
}

/** The same once the machines that were asked for have their new names: not before all else is known to go. */
async function renamed(
  world: World,
  daemon: Daemon,
  choices: ApplyChoices,
  emit: Emit,
  looking?: Promise<Sight>,
): Promise<Sight> {
  const sight = await afterKills(world, daemon, choices, emit, looking);
  const renames = renamesOf(choices.rename ?? [], world.desired, sight.observed);
  if (renames.length === 0) return sight;
  const plan = await planWorld(world, daemon, choices, Promise.resolve(sight));
  if (!choices.partial) refuseIncomplete(plan);
  await refuseUnwalled(plan, world.root, daemon, choices);
  const { incus, host } = daemon;
  await carryDataFolders(renames, world.desired, sight.observed, daemon, emit);
  for (const one of renames) await renameMachine(incus, one, { ...(host && { host }), emit });
  return look(daemon, choices.willBoot);
}

/** Only where machines get all their roles: an image of one with some of them would be taken for the whole. */
function sharesMachines({ phase, tags = [], noCache }: ApplyChoices): boolean {
  return phase === undefined && tags.length === 0 && !noCache;
}

/** What lets this apply be undone: the record of it, and a snapshot of each machine that it changes. */
async function netFor(
  { root, desired }: World,
  { incus, where, host }: Daemon,
  plan: Plan,
  { skipSnapshot = false, limit, tags = [] }: ApplyChoices,
  listening: Listening,
): Promise<SafetyNet> {
  const { projectName } = desired;
  const places = concerned(plan, desired);
  const kinds = tags.filter((tag) => namesKind(desired, tag));
  const scope = { ...(limit !== undefined && { limit }), ...(kinds.length > 0 && { kinds }) };
  return spreadNet(
    {
      ...{ incus, where, projectName, plan, places, skip: skipSnapshot, ...scope },
      files: await readFiles(root),
      trashSeconds: desired.trashSeconds,
    },
    { ...listening, host },
  );
}

function engineOptions(
  desired: Desired,
  { tags = [], limit, prune, adopt, noRename = false, sparesProtected = false }: ApplyChoices,
) {
  const kinds = tags.filter((tag) => namesKind(desired, tag));
  return {
    ...(kinds.length > 0 && { tags: kinds }),
    ...(limit !== undefined && { limit }),
    prune: prune ?? false,
    adopt: adopt ?? false,
    asksForRenames: !noRename,
    sparesProtected,
  };
}

function wantsRules({ phase, tags = [] }: ApplyChoices): boolean {
  return phase !== 'provision' && (tags.length === 0 || tags.includes(RULES_TAG));
}

/** True where the daemon's objects are not even looked at. Tags that name roles are known with the world alone. */
export function touchesNoObject(
  { phase, tags = [] }: Pick<ApplyChoices, 'phase' | 'tags'>,
  desired?: Desired,
): boolean {
  if (phase === 'provision') return true;
  return tags.length > 0 && !tags.some((tag) => namesKind(desired, tag));
}

/** Also true of a word that names nothing, which the engine then refuses. */
function namesKind(desired: Desired | undefined, tag: string): boolean {
  return !OTHER_TAGS.includes(tag) && !(desired && isRoleTag(desired, tag));
}

async function nothing(
  { desired }: World,
  { incus }: Daemon,
  choices: ApplyChoices,
): Promise<Plan> {
  const provisions = ansibleTags(desired, choices) !== undefined;
  return {
    projectName: desired.projectName,
    entries: [],
    unchanged: 0,
    orphans: [],
    notes: [],
    ...(provisions && restingAmong(await incus.instances.list())),
  };
}
