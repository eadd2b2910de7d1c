import { loadBridgeFilter } from '../../base/system/index.ts';
import {
  ASIDE_PROJECT,
  computePlan,
  executePlan,
  observeDetails,
  renameMachine,
} from '../../engine/index.ts';
import { isInProjects } from '../../incus/index.ts';
import type { Daemon, Listening, World } from '../../site/index.ts';
import { carryDataFolders, look, rulesOf } from '../../site/index.ts';
import {
  closeUndeclared,
  findRulesFile,
  refuseUnwalled,
  renewWalls,
  type WalledBy,
  walledBy,
  writeRules,
} from '../network/index.ts';
import { concerned, type Ended } from './concerned.ts';
import { readFiles, writeDeclaration, writeEarlier } from './files.ts';
import { type SafetyNet, spreadNet } from './net.ts';
import { dataBack, volumesBack } from './rollback-data.ts';
import { findWay, type Return, treeOf, type Way } from './rollback-way.ts';

export interface RollbackChoices {
  /** A generation's number or a time; the state before the last change when absent. */
  readonly point?: string | undefined;
  /** Also puts aside protected machines that came since. */
  readonly force?: boolean;
  /** Look, change nothing. */
  readonly dryRun?: boolean;
  /** Goes on where the isolation rules cannot be loaded from here. */
  readonly noIsolation?: boolean;
  /** Asked before the first change; throwing stops with nothing changed. */
  readonly confirm?: (found: Return) => Promise<void>;
}

/** What a rollback did. Plain JSON, with what was found before it. */
export interface RollbackReport extends Return {
  readonly done: boolean;
  readonly failed: number;
  /** Machines whose data of that time is not kept: they stay as they are, or come back as they were removed. */
  readonly lost: readonly string[];
  /** Objects that came since and stay, for they are protected. */
  readonly stays: readonly string[];
  readonly walledBy: WalledBy;
  /** Where the infra.yml of that time was put, when it differs from today's. */
  readonly declaration?: string;
  /** The folder that holds the files of the tree as they were before. */
  readonly replaced?: string;
}

/** Plans that take nothing away and start nothing: what machines stand on. */
const GROUND = ['networks', 'projects', 'profiles'];

/** Brings the data and the shape of an earlier generation back. To be called within `alone`. */
export async function rollBack(
  world: World,
  daemon: Daemon,
  choices: RollbackChoices,
  listening: Listening,
): Promise<RollbackReport> {
  // What a killed run asked for goes on without it: machines are looked at when they have arrived.
  const ours = new Set([ASIDE_PROJECT, ...world.desired.domains.map(({ project }) => project)]);
  await daemon.incus.operations.settled((path) => isInProjects(path, ours));
  const way = await findWay(world, daemon, choices.point);
  if (way.desired) await findRulesFile(world.root);
  const { target, data, plan, generation, history, desired } = way;
  const { files, own } = way;
  const found: Return = { target, data, plan, files, own, ...(generation && { generation }) };
  const lost = data
    .filter(({ action }) => action === 'lost' || action === 'late')
    .map(({ machine }) => machine);
  const report = {
    ...found,
    failed: 0,
    lost,
    stays: [],
    walledBy: choices.dryRun
      ? await walledBy(world.root, daemon)
      : await refuseUnwalled(plan, world.root, daemon, choices),
  };
  if (choices.dryRun) return { ...report, done: false };
  await choices.confirm?.(found);
  if (way.renames.length > 0) {
    const { confirm: _, ...rest } = choices;
    const { host } = daemon;
    const repairs = { ...(host && { host }), emit: listening.emit };
    if (desired)
      await carryDataFolders(way.renames, desired, way.sight.observed, daemon, listening.emit);
    for (const one of way.renames) await renameMachine(daemon.incus, one, repairs);
    return rollBack(world, daemon, rest, listening);
  }
  if (desired) await renewWalls(desired, daemon, listening);
  const kept = generation ? history.readFiles(generation.number) : readFiles(world.root);
  const net = await spreadNet(
    {
      incus: daemon.incus,
      where: daemon.where,
      projectName: world.desired.projectName,
      files: await kept,
      plan,
      places: [
        ...data.filter(({ action }) => action === 'restore'),
        ...(desired ? concerned(plan, desired) : []).filter(
          ({ machine }) => !data.some((one) => one.machine === machine),
        ),
      ],
      skip: false,
      trashSeconds: world.desired.trashSeconds,
      rollback: { target, ...(way.resumes && { resumes: way.resumes }) },
    },
    { ...listening, host: daemon.host },
  );
  const ended = await carryOut(way, world, daemon, net, choices, listening);
  const written = ended.failed === 0 ? await putFilesBack(world, way) : {};
  const { failed, skipped, outcomes } = ended;
  await net.finish({ failed, skipped }, outcomes);
  if (desired) await closeUndeclared(desired, daemon, listening.emit);
  return {
    ...report,
    done: ended.failed + ended.skipped === 0,
    failed: ended.failed,
    lost: [...lost, ...ended.lost],
    stays: ended.stays,
    ...written,
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
  const { desired, spared } = way;
  const outcomes: Ended[] = [];
  const options = {
    ...listening,
    ...(host && { host }),
    ...(net.discard && { discard: net.discard }),
  };
  if (desired && force) await liftProtection(way, daemon);
  if (desired) {
    const { observed } = await look(daemon);
    const complete = await observeDetails(incus, desired, observed, host);
    const whole = computePlan(desired, complete, { prune: true, spared });
    const leaving = whole.entries.filter(
      ({ kind, action }) => kind === 'instance' && action === 'delete',
    );
    const gone = await executePlan({ ...whole, entries: leaving }, incus, options);
    const ground = computePlan(desired, complete, { tags: GROUND });
    const laid = await executePlan(ground, incus, options);
    const back = await volumesBack(way, desired, daemon);
    outcomes.push(...gone.outcomes, ...laid.outcomes, ...back);
  }
  const lost = await dataBack(way, world, daemon, net, listening);
  outcomes.push(...lost.outcomes);
  if (!desired) return { failed: lost.failed, skipped: 0, lost: lost.names, stays: [], outcomes };
  const { observed } = await look(daemon);
  const whole = computePlan(desired, await observeDetails(incus, desired, observed, host), {
    prune: true,
    spared,
  });
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
    outcomes: [...outcomes, ...report.outcomes],
  };
}

/** Only of machines that the old world does not name: they are put aside, not destroyed. */
async function liftProtection({ plan, spared }: Way, { incus }: Daemon): Promise<void> {
  for (const { id, kind, protected: isProtected } of plan.orphans) {
    if (spared.has(id)) continue;
    const [project = '', name = ''] = id.replace(/^instance:/, '').split('/');
    if (kind === 'instance' && isProtected)
      await incus.instances.patch(
        name,
        { config: { 'security.protection.delete': 'false' } },
        { project },
      );
  }
}

/**
 * The managed sections of that generation and its rules. What the user wrote stays, and infra.yml is the user's too: the
 * old one is put beside it.
 */
async function putFilesBack(
  { root }: World,
  { generation, history, declared }: Way,
): Promise<Pick<RollbackReport, 'declaration' | 'replaced'>> {
  if (!generation || !declared) return {};
  // Somebody may have written meanwhile.
  const { current, kept, plan } = await treeOf(root, history, generation.number);
  const touched = new Set([...plan.writes, ...plan.removes].map(({ path }) => path));
  const before = current.filter(({ path }) => touched.has(path));
  const replaced = before.length > 0 ? await history.keepReplaced(before, new Date()) : undefined;
  await writeEarlier(plan);
  await writeRules({ root }, rulesOf(declared));
  const declaration = await writeDeclaration(root, kept, current, generation.number);
  return { ...(declaration !== undefined && { declaration }), ...(replaced && { replaced }) };
}
