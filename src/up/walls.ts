import {
  changesTo,
  legsOfText,
  NO_STEERING,
  type SteeringState,
  steeringFor,
  withSteering,
} from '../firewall/index.ts';
import { AnklumeError, type Emit, ExitCode, step } from '../messages/index.ts';
import {
  allowedFlows,
  arrangeRules,
  type BootRules,
  type BootState,
  bootState,
  type ClosedThing,
  type Declared,
  deploySafely,
  type NetworkStatus,
  networkStatus,
  ownerChain,
  type Proof,
  probeTargets,
  prove,
  readInfrastructures,
  refreshBoot,
  renderRuleset,
  type SafeDeployment,
  type SafetyOptions,
  thingsOf,
} from '../network/index.ts';
import type { Host } from '../system/index.ts';
import type { Desired } from '../tree/index.ts';
import { aroundOf, declaredBy } from './around.ts';
import type { Daemon } from './daemon.ts';
import { steeringStatus } from './firewall.ts';
import { keepRules } from './kept-rules.ts';

interface Listening {
  readonly emit: Emit;
  readonly signal?: AbortSignal;
}

/** The isolation rules of a world, as nft reads them, and as comments where the host hands packets over. */
export function rulesOf(desired: Desired): string {
  const model = allowedFlows(desired);
  return withSteering(renderRuleset(model), model.firewall);
}

/** What a text of rules, found good, asks of the next boot. */
export function bootRulesOf(text: string): BootRules {
  return { rules: text, routes: changesTo(steeringFor(legsOfText(text)), NO_STEERING) };
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
  if (!deployment.pending) await renewBoot(text, daemon, emit);
  return { ...deployment, closed: thingsOf(arranged.closed, around) };
}

/** Renews the rules of the next boot where somebody asked for them once, and those of a sandbox for its next start. */
export async function renewBoot(text: string, daemon: Daemon, emit: Emit): Promise<void> {
  if (daemon.sandbox !== undefined) return keepRules(daemon);
  const wanted = bootRulesOf(text);
  if (!(await refreshBoot(wanted, hostOf(daemon)))) return;
  if (wanted.routes.length > 0 && (await bootState(wanted, hostOf(daemon))) === 'partial')
    emit({ type: 'note', level: 'warning', ...routesNotAtBoot });
  emit({
    type: 'note',
    level: 'info',
    code: 'boot-renewed',
    text: {
      en: 'The rules that are loaded at boot were renewed too.',
      fr: 'Les règles chargées au démarrage ont été renouvelées aussi.',
    },
  });
}

const routesNotAtBoot = {
  code: 'boot-without-steering',
  text: {
    en: 'After a reboot of this host domains would not reach each other: the routes to the firewall machine are not part of what it loads at boot.',
    fr: "Après un redémarrage de cet hôte, les domaines ne se joindraient pas : les routes vers la machine pare-feu ne font pas partie de ce qu'il charge au démarrage.",
  },
  remedy: { en: "Run 'anklume network boot on'.", fr: 'Lancez « anklume network boot on ».' },
};

/** How the loaded rules stand to the wanted ones, and what the next boot loads. Plain JSON. */
export interface WallStatus extends NetworkStatus {
  /** Absent for a sandbox, which does not outlive its machine. */
  readonly boot?: BootState;
  /** Whether the host hands packets between domains to the firewall machine; absent where it filters itself. */
  readonly steering?: SteeringState;
}

/** Reads the host's rules, and whether they come back at boot. */
export async function wallStatus(desired: Desired, daemon: Daemon): Promise<WallStatus> {
  const host = hostOf(daemon);
  const steering = await steeringStatus(desired, daemon);
  const around = await aroundOf(daemon, declaredBy(desired));
  const found = await networkStatus(desired, host, around);
  const status = { ...found, ...(steering && { steering }) };
  if (daemon.sandbox !== undefined) return status;
  return { ...status, boot: await bootState(bootRulesOf(rulesOf(desired)), host) };
}

/** Sends real packets between all machines and compares with the policies. */
export function proveWalls(
  desired: Desired,
  daemon: Daemon,
  { emit, signal }: Listening,
): Promise<Proof> {
  const host = hostOf(daemon);
  const label = {
    en: 'Proving the walls with real packets',
    fr: 'Preuve des murs avec de vrais paquets',
  };
  return step(emit, { id: 'proof', label }, async () => {
    const { incus } = daemon;
    const [{ machines, ...others }, around] = await Promise.all([
      probeTargets(desired, incus, host),
      aroundOf(daemon, declaredBy(desired)),
    ]);
    return prove(desired, machines, host, {
      ...others,
      around,
      exec: ({ project, instance }, argv) =>
        incus.instances.exec(instance, argv, { project, whole: true, ...(signal && { signal }) }),
      ...(signal && { signal }),
    });
  });
}

/** The daemon's host. Throws `host-out-of-reach` (exit 4) when that is another machine. */
export function hostOf({ host, where }: Daemon): Host {
  if (host) return host;
  throw new AnklumeError({
    code: 'host-out-of-reach',
    exit: ExitCode.environment,
    message: {
      en: `The rules and the proof need the host of the daemon itself; ${where} is another machine.`,
      fr: `Les règles et la preuve ont besoin de l'hôte même du démon ; ${where} est une autre machine.`,
    },
    remedy: {
      en: 'Run the same command on that machine.',
      fr: 'Lancez la même commande sur cette machine.',
    },
  });
}
