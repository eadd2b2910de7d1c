import pLimit from 'p-limit';
import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import {
  ASIDE_PROJECT,
  afterRenames,
  computePlan,
  instanceId,
  MARK,
  observeDetails,
  type Plan,
  type Rename,
  renamesBack,
} from '../../engine/index.ts';
import type { Incus, Instance } from '../../incus/index.ts';
import { wholeSnapshots } from '../../repair/index.ts';
import type { Daemon } from '../../site/index.ts';
import { look, readWorld, type Sight, type World } from '../../site/index.ts';
import { type Desired, planEarlier } from '../../world/tree/index.ts';
import { type Aside, asideOf } from './aside.ts';
import { chooseTarget } from './choose.ts';
import { type DataStep, decideData } from './data.ts';
import { readFiles } from './files.ts';
import { thereThen } from './left-over.ts';
import { reachedBy } from './reached.ts';
import type { GenerationRecord, Target } from './record.ts';
import { History } from './store.ts';

/** Machines looked at at a time. */
const AT_ONCE = 8;

/** What a rollback would do, before it does. */
export interface Return {
  readonly target: Target;
  /** The generation to come; absent where only data can come back. */
  readonly generation?: GenerationRecord;
  readonly data: readonly DataStep[];
  /** The way from the present shape to the old one; empty where no old shape is known. */
  readonly plan: Plan;
  /** Paths of the tree that are written or removed. */
  readonly files: readonly string[];
  /** Files in which the user's own lines are not those of then: they stay. */
  readonly own: readonly string[];
}

/** The way back, with what was looked at to find it. */
export interface Way extends Return {
  readonly history: History;
  /** Machines that were called otherwise then. All else here is as it will be once they have those names again. */
  readonly renames: readonly Rename[];
  /** The world to come. */
  readonly desired?: Desired;
  /** What the tree of then says, which is more than was reached where a run was limited. */
  readonly declared?: Desired;
  readonly resumes?: GenerationRecord;
  readonly sight: Sight;
  readonly aside: readonly Aside[];
  /** Ids of machines that nobody declared then either, and that were there: they stay. */
  readonly spared: ReadonlySet<string>;
}

/** Looks at the history and the daemon, and says what a rollback to `point` would do. Changes nothing. */
export async function findWay(
  { root, desired: today }: World,
  daemon: Daemon,
  point: string | undefined,
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
  const declared = old?.desired;
  const worldOf = async (number: number) =>
    (await readWorld(history.filesOf(number)).catch(unreadable))?.desired;
  const desired =
    generation && declared
      ? await reachedBy(records, generation.number, declared, worldOf)
      : undefined;
  const tree = generation && desired ? await treeOf(root, history, generation.number) : undefined;
  const renames = desired ? renamesBack(desired, sight.observed) : [];
  const observed = afterRenames(sight.observed, renames);
  const aside = asideOf(projectName, observed.instances, observed.volumes);
  const ours = observed.instances.filter(
    ({ config, project }) => config[MARK.project] === projectName && project !== ASIDE_PROJECT,
  );
  const counted = records.filter((record) => record !== resumes);
  const named = counted.filter(({ number }) => number >= target.since);
  const holders = new Set(aside.map(({ project, name }) => `${project}/${name}`));
  for (const { project, instance } of named.flatMap(({ snapshots }) => snapshots))
    holders.add(`${project}/${instance}`);
  const data = decideData(counted, target, {
    existing: new Set(ours.map(({ project, name }) => `${project}/${name}`)),
    aside,
    whole: await wholeAmong(daemon.incus, sight.observed.instances, holders, renames),
    ...(desired && { desired }),
    ...(resumes?.returned && { returned: resumes.returned }),
  });
  const made = ours.map(({ project, name, created_at }) => ({
    id: instanceId(project, name),
    created_at,
  }));
  const spared = thereThen(records, generation ?? { number: 0 }, made);
  const plan = desired
    ? computePlan(desired, await observeDetails(daemon.incus, desired, observed, daemon.host), {
        prune: true,
        spared,
      })
    : { projectName, entries: [], unchanged: 0, orphans: [], notes: [] };
  return {
    target,
    data,
    plan,
    files: [...(tree?.plan.writes ?? []), ...(tree?.plan.removes ?? [])].map(({ path }) => path),
    own: tree?.plan.own ?? [],
    history,
    renames,
    sight,
    aside,
    spared,
    ...(generation && { generation }),
    ...(desired && { desired }),
    ...(declared && { declared }),
    ...(resumes && { resumes }),
  };
}

/** A tree of before that another version wrote, or that is damaged, tells nothing. */
function unreadable(error: unknown): undefined {
  if (!(error instanceof AnklumeError)) throw error;
}

/** The snapshots of these machines that are there and whole, as `PROJECT/INSTANCE@SNAPSHOT`: no record is believed. */
async function wholeAmong(
  incus: Incus,
  instances: readonly Instance[],
  holders: ReadonlySet<string>,
  renames: readonly Rename[],
): Promise<ReadonlySet<string>> {
  const limit = pLimit(AT_ONCE);
  const calledThen = ({ project, name }: Instance) =>
    renames.find((one) => one.project === project && one.from === name)?.to ?? name;
  const meant = instances.filter((live) => holders.has(`${live.project}/${calledThen(live)}`));
  const found = await Promise.all(
    meant.map((live) =>
      limit(async () => {
        const names = await wholeSnapshots(incus, live);
        return names.map((name) => `${live.project}/${calledThen(live)}@${name}`);
      }),
    ),
  );
  return new Set(found.flat());
}

/** What becomes of the files of the project. Throws `tree-in-the-way` (exit 2) where a link leads out of it. */
export async function treeOf(root: string, history: History, number: number) {
  const [kept, current] = await Promise.all([history.readFiles(number), readFiles(root)]);
  const plan = await planEarlier(root, kept, current);
  if (plan.problems.length === 0) return { kept, current, plan };
  throw new AnklumeError({
    code: 'tree-in-the-way',
    exit: ExitCode.usage,
    problems: plan.problems,
    message: {
      en: 'The tree of then cannot be written; nothing was changed.',
      fr: "L'arborescence d'alors ne peut pas être écrite ; rien n'a été modifié.",
    },
  });
}
