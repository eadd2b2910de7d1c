import pLimit from 'p-limit';
import { ASIDE_PROJECT, computePlan, executePlan, MARK, type Plan } from '../engine/index.ts';
import {
  type Aside,
  asideOf,
  bringBack,
  chooseTarget,
  concerned,
  type DataStep,
  decideData,
  type GenerationRecord,
  History,
  readFiles,
  type SafetyNet,
  spreadNet,
  type Target,
  treeChanges,
  writeDeclaration,
  writeTree,
} from '../generations/index.ts';
import { isNotFound } from '../incus/index.ts';
import { step } from '../messages/index.ts';
import { bringBackTo } from '../snapshots/index.ts';
import type { Desired } from '../tree/index.ts';
import { writeRules } from './apply-world.ts';
import { loadBridgeFilter } from './bridge-filter.ts';
import type { Daemon } from './daemon.ts';
import type { Listening } from './lock.ts';
import { look, type Sight } from './look.ts';
import { rulesOf } from './walls.ts';
import { readWorld, type World } from './world.ts';

/** What a rollback would do, before it does. */
export interface Return {
  readonly target: Target;
  /** The generation to come; absent where only data can come back. */
  readonly generation?: GenerationRecord;
  readonly data: readonly DataStep[];
  /** The way from the present shape to the old one; empty where no old shape is known. */
  readonly plan: Plan;
}

export interface RollbackChoices {
  /** A generation's number or a time; the state before the last change when absent. */
  readonly point?: string | undefined;
  /** Also puts aside protected machines that came since. */
  readonly force?: boolean;
  /** Look, change nothing. */
  readonly dryRun?: boolean;
  /** Asked before the first change; throwing stops with nothing changed. */
  readonly confirm?: (found: Return) => Promise<void>;
}

/** What a rollback did. Plain JSON, with what was found before it. */
export interface RollbackReport extends Return {
  readonly done: boolean;
  readonly failed: number;
  /** Machines whose data of that time is not kept. */
  readonly lost: readonly string[];
  /** Objects that came since and stay, for they are protected. */
  readonly stays: readonly string[];
  /** Where the infra.yml of that time was put, when it differs from today's. */
  readonly declaration?: string;
}

/** Machines brought back at a time. */
const AT_ONCE = 4;

/** Plans that take nothing away and start nothing: what machines stand on. */
const GROUND = ['networks', 'projects', 'profiles'];

/** Brings the data and the shape of an earlier generation back. To be called within `alone`. */
export async function rollBack(
  world: World,
  daemon: Daemon,
  choices: RollbackChoices,
  listening: Listening,
): Promise<RollbackReport> {
  const way = await prepare(world, daemon, choices);
  const { target, data, plan, generation, history, desired } = way;
  const found: Return = { target, data, plan, ...(generation && { generation }) };
  const lost = data.filter(({ action }) => action === 'lost').map(({ machine }) => machine);
  const report = { ...found, failed: 0, lost, stays: [] };
  if (choices.dryRun) return { ...report, done: false };
  await choices.confirm?.(found);
  const kept = generation ? history.filesOf(generation.number) : world.root;
  const net = await spreadNet(
    {
      incus: daemon.incus,
      where: daemon.where,
      projectName: world.desired.projectName,
      root: kept,
      plan,
      places: [
        ...data.filter(({ action }) => action === 'restore'),
        ...(desired ? concerned(plan, desired) : []).filter(
          ({ machine }) => !data.some((one) => one.machine === machine),
        ),
      ],
      skip: false,
      rollback: { target, ...(way.resumes && { resumes: way.resumes }) },
    },
    listening,
  );
  const ended = await carryOut(way, world, daemon, net, choices, listening);
  const declaration = ended.failed === 0 ? await putFilesBack(world, way) : undefined;
  await net.finish({ failed: ended.failed, skipped: ended.skipped });
  return {
    ...report,
    done: ended.failed + ended.skipped === 0,
    failed: ended.failed,
    lost: [...lost, ...ended.lost],
    stays: ended.stays,
    ...(declaration !== undefined && { declaration }),
  };
}

interface Way extends Return {
  readonly history: History;
  readonly desired?: Desired;
  readonly resumes?: GenerationRecord;
  readonly sight: Sight;
  readonly aside: readonly Aside[];
}

async function prepare(
  { desired: today }: World,
  daemon: Daemon,
  { point }: RollbackChoices,
): Promise<Way> {
  const { projectName } = today;
  const history = new History(projectName, daemon.where);
  const records = await history.list();
  const target = chooseTarget(records, point, new Date());
  const last = records.at(-1);
  const unfinished = last?.kind === 'rollback' && last.state !== 'done';
  const same = last?.target?.shape === target.shape && last.target.since === target.since;
  const resumes = unfinished && same ? last : undefined;
  const generation = records.find(({ number }) => number === target.shape);
  const [sight, old] = await Promise.all([
    look(daemon),
    generation && readWorld(history.filesOf(generation.number)),
  ]);
  const desired = old?.desired;
  const { observed } = sight;
  const aside = asideOf(projectName, observed.instances, observed.volumes);
  const ours = observed.instances.filter(
    ({ config, project }) => config[MARK.project] === projectName && project !== ASIDE_PROJECT,
  );
  const data = decideData(
    records.filter((record) => record !== resumes),
    target,
    {
      existing: new Set(ours.map(({ project, name }) => `${project}/${name}`)),
      aside,
      ...(desired && { desired }),
    },
  );
  const plan = desired
    ? computePlan(desired, observed, { prune: true })
    : { projectName, entries: [], unchanged: 0, orphans: [], notes: [] };
  return {
    target,
    data,
    plan,
    history,
    sight,
    aside,
    ...(generation && { generation }),
    ...(desired && { desired }),
    ...(resumes && { resumes }),
  };
}

/** What came since goes first, then the ground is laid, then data comes back, then the rest is made as it was. */
async function carryOut(
  way: Way,
  world: World,
  daemon: Daemon,
  net: SafetyNet,
  { force = false }: RollbackChoices,
  listening: Listening,
) {
  const { incus, host } = daemon;
  const { desired } = way;
  const options = {
    ...listening,
    ...(host && { host }),
    ...(net.discard && { discard: net.discard }),
  };
  if (desired && force) await liftProtection(way, daemon);
  if (desired) {
    const { observed } = await look(daemon);
    const whole = computePlan(desired, observed, { prune: true });
    const leaving = whole.entries.filter(
      ({ kind, action }) => kind === 'instance' && action === 'delete',
    );
    await executePlan({ ...whole, entries: leaving }, incus, options);
    const ground = computePlan(desired, observed, { tags: GROUND });
    await executePlan(ground, incus, options);
    await volumesBack(way, desired, daemon);
  }
  const lost = await dataBack(way, world, daemon, net, listening);
  if (!desired) return { failed: lost.failed, skipped: 0, lost: lost.names, stays: [] };
  const { observed } = await look(daemon);
  const whole = computePlan(desired, observed, { prune: true });
  const stays = whole.entries.filter(
    (entry) => entry.action === 'refuse' && ['protected', 'in-use'].includes(entry.code),
  );
  const entries = whole.entries.filter((entry) => !stays.includes(entry));
  if (host && entries.some(({ kind }) => kind === 'instance'))
    await loadBridgeFilter(host, listening.emit);
  const report = await executePlan({ ...whole, entries }, incus, options);
  return {
    failed: report.failed + lost.failed,
    skipped: report.skipped,
    lost: lost.names,
    stays: stays.map(({ id }) => id),
  };
}

/** Only of machines and volumes that the old world does not name: they are put aside, not destroyed. */
async function liftProtection({ plan }: Way, { incus }: Daemon): Promise<void> {
  for (const { id, kind, protected: isProtected } of plan.orphans) {
    const [project = '', name = ''] = id.replace(/^instance:/, '').split('/');
    if (kind === 'instance' && isProtected)
      await incus.instances.patch(
        name,
        { config: { 'security.protection.delete': 'false' } },
        { project },
      );
  }
}

/** Volumes that the old world names and that were put aside since, the oldest of each. */
async function volumesBack({ aside, sight }: Way, desired: Desired, { incus }: Daemon) {
  const wanted = new Set(
    desired.domains.flatMap(({ project, machines }) =>
      machines.flatMap(({ volumes }) => volumes.map(({ name }) => `${project}/${name}`)),
    ),
  );
  const present = new Set(sight.observed.volumes.map(({ project, name }) => `${project}/${name}`));
  const oldest = [...aside].sort((a, b) => (a.origin.stamp < b.origin.stamp ? -1 : 1));
  for (const one of oldest) {
    const key = `${one.origin.project}/${one.origin.name}`;
    const atHome = one.project === one.origin.project && one.name === one.origin.name;
    if (one.kind !== 'volume' || !wanted.has(key) || (present.has(key) && !atHome)) continue;
    present.add(key);
    await bringBack(incus, desired.projectName, one);
  }
}

/** The machines' own data. One whose snapshot is gone is told, and keeps what it holds. */
async function dataBack(
  { data, sight }: Way,
  { desired }: World,
  { incus }: Daemon,
  { discard }: SafetyNet,
  { emit, signal }: Listening,
): Promise<{ readonly failed: number; readonly names: string[] }> {
  const limit = pLimit(AT_ONCE);
  const names: string[] = [];
  let failed = 0;
  const one = async (way: DataStep) => {
    const { project, instance, machine, domain, action, aside, snapshot } = way;
    const label = { en: `Bring back ${machine}`, fr: `Retour de ${machine}` };
    await step(emit, { id: `rollback:${project}/${instance}`, label, domain }, async () => {
      if (action === 'replace')
        await discard?.({
          action: 'delete',
          id: `instance:${project}/${instance}`,
          kind: 'instance',
          name: instance,
          project,
          needs: [],
          reason: label,
        });
      if (aside) await bringBack(incus, desired.projectName, aside);
      if (snapshot === undefined) return;
      const live = sight.observed.instances.find(
        (found) => found.project === project && found.name === instance,
      );
      const stopped = { config: {}, status: 'Stopped' };
      await bringBackTo(incus, way, aside ? stopped : (live ?? stopped), snapshot);
    });
  };
  await Promise.all(
    data
      .filter(({ action }) => action !== 'lost')
      .map((way) =>
        limit(async () => {
          if (signal.aborted) failed += 1;
          else
            await one(way).catch((error: unknown) => {
              if (isNotFound(error)) names.push(way.machine);
              else failed += 1;
            });
        }),
      ),
  );
  return { failed, names };
}

/** The tree of that generation and its rules; infra.yml is the user's, so the old one is put beside it. */
async function putFilesBack(
  { root }: World,
  { generation, history, desired }: Way,
): Promise<string | undefined> {
  if (!generation || !desired) return undefined;
  const [kept, current] = await Promise.all([
    history.readFiles(generation.number),
    readFiles(root),
  ]);
  const changes = treeChanges(kept, current);
  const touched = new Set([...changes.write.map(({ path }) => path), ...changes.remove]);
  await history.keepReplaced(
    current.filter(({ path }) => touched.has(path)),
    new Date(),
  );
  await writeTree(root, changes);
  await writeRules({ root }, rulesOf(desired));
  return writeDeclaration(root, kept, current, generation.number);
}
