import { type Problem, step } from '../../base/messages/index.ts';
import {
  type ApplyReport,
  awaitedOf,
  type MachineStatus,
  type Readiness,
  waitForAddresses,
} from '../../engine/index.ts';
import type { Proof } from '../../isolation/index.ts';
import type { Daemon, Project } from '../../site/index.ts';
import {
  alone,
  type Listening,
  machineStatus,
  readWorld,
  tellVms,
  type World,
} from '../../site/index.ts';
import { renderTree } from '../../world/tree/index.ts';
import type { Closed, WalledBy } from '../network/index.ts';
import {
  deployWalls,
  type FirewallReport,
  isBootWanted,
  type OfferBoot,
  proveWalls,
  raiseFirewall,
  type WallDeployment,
  writeOffered,
} from '../network/index.ts';
import { applyWorld } from './apply-world.ts';
import type { Applied, ApplyChoices } from './choices.ts';
import { cutShort } from './cut-short.ts';
import type { Applying, CopiesReport } from './equal-machines.ts';
import { isGood, type Provisioning, provisionMachines } from './provision.ts';
import { goneFrom, syncProject } from './sync-project.ts';
import { tellLeftovers, tellOrphanFiles } from './tell-orphans.ts';

export interface BringUpChoices extends Omit<ApplyChoices, 'tags' | 'limit' | 'ready'> {
  /** Leaves the insides of machines alone. */
  readonly skipProvision?: boolean;
  /** How much the proof tries; `quick` by default. */
  readonly proof?: 'quick' | 'full' | 'none';
  /** How long the agent of a virtual machine may take to answer. */
  readonly agentSeconds?: number;
  /** Absent: nobody is asked whether the rules are to be loaded at boot. */
  readonly offerBoot?: OfferBoot;
  /** How long a container may take to get its address. */
  readonly addressSeconds?: number;
}

/** Seconds that each stage took. */
export type Timing = Readonly<
  Record<'sync' | 'apply' | 'addresses' | 'proof' | 'provision' | 'total', number>
>;

/** Everything that one `up` did and found. Plain JSON. */
export interface UpReport {
  readonly written: number;
  readonly apply: ApplyReport;
  /** Machines that did not get ready in time. */
  readonly late: readonly Readiness[];
  /** Absent where the daemon's host cannot be reached from here. */
  readonly rules?: { readonly changed: boolean };
  /** What carries a mark and is in nobody's rules, or no longer declared: it is closed until it is deleted. */
  readonly closed: Closed;
  readonly walledBy: WalledBy;
  /** Present with `firewall_mode: vm`. */
  readonly firewall?: FirewallReport;
  readonly proof?: Proof;
  /** Present when machines have roles. */
  readonly provision?: Provisioning;
  /** Present when equal machines were made from images of one that is provisioned. */
  readonly golden?: Pick<CopiesReport, 'models' | 'copies'>;
  readonly machines: readonly MachineStatus[];
  readonly seconds: Timing;
  /** True when all of it is as declared. */
  readonly good: boolean;
}

/**
 * The whole corridor on a project that was found good: sync, apply, addresses, walls, proof.
 * The walls are loaded before the first machine starts, so that there is no moment without them.
 */
export async function bringUp(
  project: Project,
  daemon: Daemon,
  choices: BringUpChoices,
  listening: Applying,
  onWarnings: (problems: readonly Problem[]) => Promise<void> = async () => {},
): Promise<UpReport> {
  const watch = stopwatch();
  const label = { en: 'Writing the Ansible tree', fr: "Écriture de l'arborescence Ansible" };
  const { plan, cleaned } = await step(listening.emit, { id: 'sync', label }, () =>
    syncProject(project, {
      deleteOrphans: choices.prune ?? false,
      findGone: () => goneFrom(daemon, project.infra.projectName),
    }),
  );
  const world = await readWorld(project.root, renderTree(project.infra));
  tellOrphanFiles(plan.orphans, cleaned, listening.emit);
  await onWarnings([...project.warnings, ...plan.problems, ...world.warnings]);
  const sync = watch();
  return alone(daemon, 'up', listening, async () => {
    let walls: WallDeployment | undefined;
    const { desired } = world;
    const boots = await isBootWanted(desired, daemon, choices.offerBoot, listening.emit);
    const ready = async () => {
      walls = daemon.host && (await deployWalls(desired, daemon, listening));
      if (boots) await writeOffered(desired, daemon, listening.emit);
    };
    const noCache = (choices.noCache || choices.skipProvision) ?? false;
    const applied = await applyWorld(
      world,
      daemon,
      {
        ...choices,
        noCache,
        ready,
        sparesProtected: true,
        asksFirst: true,
        ...(boots && { willBoot: 'guarded' }),
      },
      listening,
    );
    const { report, golden } = applied;
    tellLeftovers(applied.plan, listening.emit);
    const apply = watch();
    /** Stops between two stages after Ctrl-C. */
    const goOn = (proved = false) => {
      const rules = walls?.changed ?? false;
      const done = { report, written: plan.writes.length, snapshots: applied.snapshots, rules };
      if (listening.signal.aborted) throw cutShort({ ...done, proved });
    };
    goOn();
    const late = await waitForMachines(world, daemon, applied, choices, listening);
    await tellVms(world.desired, daemon, listening.emit);
    const addresses = watch();
    goOn();
    const firewall = await raiseFirewall(world.desired, daemon, listening);
    const proof = await proofOf(world, daemon, choices, listening);
    const proved = watch();
    goOn(proof !== undefined);
    const provision = choices.skipProvision
      ? undefined
      : await provisionMachines(world, daemon, {}, listening, applied);
    const seconds = { sync, apply, addresses, proof: proved, provision: watch() };
    return {
      written: plan.writes.length,
      apply: report,
      late,
      ...(walls && { rules: { changed: walls.changed } }),
      closed: applied.closed ?? walls?.closed ?? [],
      walledBy: applied.walledBy,
      ...(firewall && { firewall }),
      ...(proof && { proof }),
      ...(provision && { provision }),
      ...(golden && { golden: { models: golden.models, copies: golden.copies } }),
      machines: await machineStatus(world, daemon),
      seconds: { ...seconds, total: watch.total() },
      good:
        report.failed + report.skipped + late.length === 0 &&
        !firewall?.failure &&
        proof?.holds !== false &&
        isGood(provision),
    };
  });
}

/** The proof that is asked for, where the daemon's host can be reached. */
async function proofOf(
  { desired }: World,
  daemon: Daemon,
  { proof: depth = 'quick' }: BringUpChoices,
  listening: Listening,
): Promise<Proof | undefined> {
  if (!daemon.host || depth === 'none') return undefined;
  return proveWalls(desired, daemon, listening, { depth });
}

/** Waits for the machines that apply did bring up, not for templates; gives those that are late. */
async function waitForMachines(
  { desired }: World,
  { incus }: Daemon,
  { plan: { resting = [] }, report: { outcomes } }: Applied,
  { addressSeconds, agentSeconds }: BringUpChoices,
  { emit, signal }: Listening,
): Promise<Readiness[]> {
  const lost = new Set([
    ...outcomes.filter(({ result }) => result !== 'done').map(({ id }) => id),
    ...resting,
  ]);
  const machines = awaitedOf(desired).filter(
    ({ project, instance }) => !lost.has(`instance:${project}/${instance}`),
  );
  const limit = {
    ...(addressSeconds !== undefined && { containerSeconds: addressSeconds }),
    ...(agentSeconds !== undefined && { vmSeconds: agentSeconds }),
  };
  const found = await waitForAddresses(incus, machines, { ...limit, emit, signal });
  return found.filter(({ ready }) => !ready);
}

/** Seconds since the last call; `total` counts from the start. */
function stopwatch(): { (): number; total(): number } {
  const start = performance.now();
  let last = start;
  const lap = () => {
    const now = performance.now();
    const seconds = (now - last) / 1000;
    last = now;
    return seconds;
  };
  return Object.assign(lap, { total: () => (performance.now() - start) / 1000 });
}
