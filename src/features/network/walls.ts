import { type Emit, step } from '../../base/messages/index.ts';
import type { BridgeFault } from '../../engine/index.ts';
import {
  arrangeRules,
  type BootState,
  bootState,
  type ClosedThing,
  type Declared,
  deploySafely,
  foreignOn,
  type NetworkStatus,
  networkStatus,
  ownerChain,
  type Proof,
  type ProofFinding,
  type ProveOptions,
  probeTargets,
  prove,
  readInfrastructures,
  type SafeDeployment,
  type SafetyOptions,
  thingsOf,
} from '../../isolation/index.ts';
import type { SteeringState } from '../../isolation/vm/index.ts';
import type { Daemon } from '../../site/index.ts';
import { aroundOf, declaredBy, hostOf, rulesOf } from '../../site/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { aboutProof, namesWithin } from './about-proof.ts';
import { bootRulesOf, renewBoot } from './boot-rules.ts';
import { faultsOfBridges } from './bridges.ts';
import { steeringStatus } from './firewall.ts';
import { inspectReality, ownersOf } from './reality.ts';

interface Listening {
  readonly emit: Emit;
  readonly signal?: AbortSignal;
}

/** Loads the isolation rules into the daemon's host, and brings the old ones back when its connection breaks. */
export function deployWalls(
  desired: Desired,
  daemon: Daemon,
  listening: Listening,
): Promise<WallDeployment> {
  return loadRules(rulesOf(desired), daemon, listening, { declared: declaredBy(desired) });
}

/**
 * The same where rules of this infrastructure are loaded already: what is about to come back is then behind the rules
 * of its own world from its first moment.
 */
export async function renewWalls(
  desired: Desired,
  daemon: Daemon,
  listening: Listening,
): Promise<void> {
  const loaded = daemon.host ? (await readInfrastructures(daemon.host)).infrastructures : [];
  if (loaded.some(({ owner }) => owner === ownerChain(desired.projectName)))
    await deployWalls(desired, daemon, listening);
}

/** What goes with a text of rules onto its host: how it is loaded, and what its tree declares. */
export interface Loading extends Pick<SafetyOptions, 'confirm' | 'foreign'> {
  readonly declared?: Declared | undefined;
}

/** A deployment, and what stands closed beside it. */
export interface WallDeployment extends SafeDeployment {
  readonly closed: readonly Omit<ClosedThing, 'holds'>[];
}

/** The same for a text. Unless it waits to be confirmed, what was asked for at boot is renewed along with it. */
export async function loadRules(
  text: string,
  daemon: Daemon,
  { emit }: Listening,
  { declared, ...safety }: Loading = {},
): Promise<WallDeployment> {
  const label = { en: 'Loading the isolation rules', fr: "Chargement des règles d'isolation" };
  const host = hostOf(daemon);
  const around = await aroundOf(daemon, declared);
  const arranged = await arrangeRules(text, host, around);
  const deployment = await step(emit, { id: 'rules', label }, () =>
    deploySafely(arranged.text, host, { emit, ...safety }),
  );
  if (!deployment.pending) await renewBoot({ text, declared }, daemon, emit);
  return { ...deployment, closed: thingsOf(arranged.closed, around) };
}

/** How the loaded rules stand to the wanted ones, and what the next boot loads. Plain JSON. */
export interface WallStatus extends NetworkStatus {
  /** Absent for a sandbox, which does not outlive its machine. */
  readonly boot?: BootState;
  /** Whether the host hands packets between domains to the firewall machine; absent where it filters itself. */
  readonly steering?: SteeringState;
  /** Chains of others that close what should be open or divert what is ours, and what decides at interfaces besides. */
  readonly foreign: readonly ProofFinding[];
  /** What is dead or missing of bridges, so that machines on them reach less than is declared. */
  readonly faults: readonly BridgeFault[];
}

/** Reads the host's rules, and whether they come back at boot. */
export async function wallStatus(desired: Desired, daemon: Daemon): Promise<WallStatus> {
  const host = hostOf(daemon);
  const steering = await steeringStatus(desired, daemon);
  const around = await aroundOf(daemon, declaredBy(desired));
  const { incus } = daemon;
  const [instances, networks] = await Promise.all([incus.instances.list(), incus.networks.list()]);
  const [found, foreign, faults] = await Promise.all([
    networkStatus(desired, host, around),
    foreignOn(desired, host, async () => instances),
    faultsOfBridges(desired, { networks, instances }, host),
  ]);
  const status = { ...found, foreign, faults, ...(steering && { steering }) };
  if (daemon.sandbox !== undefined) return status;
  const wanted = { text: rulesOf(desired), declared: declaredBy(desired) };
  return { ...status, boot: await bootState(await bootRulesOf(wanted, daemon), host) };
}

/** What is asked of a proof. */
export interface ProofChoices extends Pick<ProveOptions, 'allowUntested'> {
  /** A domain or a machine: only packets from and to it are tried. */
  readonly limit?: string | undefined;
  readonly depth?: 'quick' | 'full';
}

/** Sends real packets between machines and compares with the policies. Throws `unknown-limit` (exit 2). */
export function proveWalls(
  desired: Desired,
  daemon: Daemon,
  { emit, signal }: Listening,
  { limit, depth = 'full', allowUntested }: ProofChoices = {},
): Promise<Proof> {
  const host = hostOf(daemon);
  const only = limit === undefined ? undefined : namesWithin(desired, limit);
  const scope = { depth, ...(only && { machines: only }) };
  const label = {
    en: 'Verifying the isolation with real packets',
    fr: "Vérification de l'isolation avec de vrais paquets",
  };
  return step(emit, { id: 'proof', label }, async () => {
    const { incus } = daemon;
    const [{ machines, instances, ...others }, around] = await Promise.all([
      probeTargets(desired, incus, host),
      aroundOf(daemon, declaredBy(desired)),
    ]);
    const seen = { instances, machines, around };
    const reality = await inspectReality(desired, daemon, host, seen, signal);
    return prove(desired, machines, host, {
      ...others,
      ...(allowUntested !== undefined && { allowUntested }),
      scope,
      about: await aboutProof(desired, daemon),
      reality,
      owners: ownersOf(desired, instances),
      around,
      exec: ({ project, instance }, argv) =>
        incus.instances.exec(instance, argv, { project, whole: true, ...(signal && { signal }) }),
      ...(signal && { signal }),
    });
  });
}
