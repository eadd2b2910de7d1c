import { AnklumeError, type Emit, step, type Text } from '../../base/messages/index.ts';
import type { Host } from '../../base/system/index.ts';
import { awaitedOf, scopeOf, waitForAddresses } from '../../engine/index.ts';
import {
  allowedFlows,
  firewallOf,
  ownerChain,
  readInfrastructures,
} from '../../isolation/index.ts';
import {
  deploySteering,
  type Leg,
  planSteering,
  provisionRouter,
  routerFiles,
  type Spared,
  type SteeringState,
  steeringFor,
  steeringState,
} from '../../isolation/vm/index.ts';
import type { Daemon, World } from '../../site/index.ts';
import type { Desired } from '../../world/tree/index.ts';

/** What a run of apply was asked for, as far as it decides about the firewall machine. */
interface PhaseChoices {
  readonly phase?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly limit?: string | undefined;
}

interface Listening {
  readonly emit: Emit;
  readonly signal?: AbortSignal;
}

/** What became of the firewall between domains. */
export interface FirewallReport {
  readonly changed: boolean;
  /** Why domains do not reach each other. */
  readonly failure?: { readonly code: string; readonly message: Text; readonly remedy?: Text };
}

/**
 * Makes the firewall machine forward what policies allow, then lets the host hand it the packets between domains.
 * Until both are done, and when one fails, domains are closed to each other. Undefined where the host itself filters;
 * what an earlier mode left on the host is then taken away.
 */
export async function raiseFirewall(
  desired: Desired,
  daemon: Daemon,
  listening: Listening,
): Promise<FirewallReport | undefined> {
  const { emit } = listening;
  const firewall = firewallOf(desired);
  if (!firewall) {
    await steerDomains(desired, daemon);
    return undefined;
  }
  if (!firewall.machine) {
    emit({ type: 'note', level: 'warning', ...noMachine });
    return { ...(await steerDomains(desired, daemon)), failure: noMachineFailure };
  }
  try {
    const router = await firewallStep(firewall.machine, emit, () =>
      provisionFirewall(desired, daemon),
    );
    const steering = await steerDomains(desired, daemon);
    return { changed: router.changed || steering.changed };
  } catch (error) {
    if (!(error instanceof AnklumeError)) throw error;
    const { code, text: message, remedy } = error;
    return { changed: true, failure: { code, message, ...(remedy && { remedy }) } };
  }
}

/** The tag of apply that stands for the inside of the firewall machine. */
export const FIREWALL_TAG = 'firewall';

/** The part of apply that works inside the firewall machine. To be called within `alone`. */
export async function provisionPhase(
  { desired }: World,
  daemon: Daemon,
  { phase, tags = [], limit }: PhaseChoices,
  { emit, signal }: Listening,
): Promise<{ readonly changed: boolean } | undefined> {
  const { machine } = firewallOf(desired) ?? {};
  const [awaited] = awaitedOf(desired).filter(({ name }) => name === machine);
  if (!awaited || phase === 'infra') return undefined;
  if (tags.length > 0 && !tags.includes(FIREWALL_TAG)) return undefined;
  if (!scopeOf(desired, limit).covers(awaited.domain, awaited.name)) return undefined;
  await waitForAddresses(daemon.incus, [awaited], { emit, ...(signal && { signal }) });
  return firewallStep(awaited.name, emit, () => provisionFirewall(desired, daemon));
}

function firewallStep<T>(machine: string, emit: Emit, work: () => Promise<T>): Promise<T> {
  const label = {
    en: `Making ${machine} the firewall`,
    fr: `Mise en service du pare-feu ${machine}`,
  };
  return step(emit, { id: 'firewall', label }, work);
}

/** The machine's part: files, rules, addresses, forwarding. */
async function provisionFirewall(
  desired: Desired,
  { incus }: Daemon,
): Promise<{ readonly changed: boolean }> {
  const { project, instance, ports } = firewallOf(desired) ?? { ports: [] };
  if (project === undefined || instance === undefined) return { changed: false };
  const files = await routerFiles(desired, allowedFlows(desired));
  return provisionRouter(incus, { project, instance }, files, ports);
}

/** The host's part: the routes between domains through the machine, or none. */
function steerDomains(desired: Desired, daemon: Daemon): Promise<{ readonly changed: boolean }> {
  return steerThrough(legsIn(desired), daemon, bridgesOfOthers(desired, daemon));
}

/** The bridges in the rules of other infrastructures on the daemon's host. */
export function bridgesOfOthers(
  { projectName }: Pick<Desired, 'projectName'>,
  { host }: Pick<Daemon, 'host'>,
): Spared {
  return async () => {
    const loaded = host ? (await readInfrastructures(host)).infrastructures : [];
    const others = loaded.filter(({ owner }) => owner !== ownerChain(projectName));
    return new Set(others.flatMap(({ bridges }) => bridges));
  };
}

/** The same for the legs alone, wherever they were found. */
export async function steerThrough(
  legs: readonly Leg[],
  { host }: Daemon,
  spared?: Spared,
): Promise<{ readonly changed: boolean }> {
  return host ? deploySteering(steeringFor(legs), host, spared) : { changed: false };
}

/** What that would change on the host, as lines for `ip -batch`. */
export function planSteeringThrough(
  legs: readonly Leg[],
  host: Host,
  spared?: Spared,
): Promise<string[]> {
  return planSteering(steeringFor(legs), host, spared);
}

/** How the host's routes through the firewall machine stand to the wanted ones; undefined where none are wanted. */
export async function steeringStatus(
  desired: Desired,
  daemon: Daemon,
): Promise<SteeringState | undefined> {
  const { host } = daemon;
  if (!firewallOf(desired) || !host) return undefined;
  return steeringState(steeringFor(legsIn(desired)), host, bridgesOfOthers(desired, daemon));
}

/** Where the firewall machine of a world stands; nowhere without one. */
function legsIn(desired: Desired): readonly Leg[] {
  const firewall = firewallOf(desired);
  return firewall?.machine === undefined ? [] : firewall.ports;
}

const noMachineFailure = {
  code: 'firewall-missing',
  message: {
    en: `firewall_mode is vm and there is no machine 'sys-firewall': domains do not reach each other, policies or not.`,
    fr: `firewall_mode vaut vm et il n'y a pas de machine « sys-firewall » : les domaines ne se joignent pas, politiques ou non.`,
  },
  remedy: {
    en: `Declare the domain 'anklume', or write 'firewall_mode: host'.`,
    fr: `Déclarez le domaine « anklume », ou écrivez « firewall_mode: host ».`,
  },
};
const noMachine = {
  code: noMachineFailure.code,
  text: noMachineFailure.message,
  remedy: noMachineFailure.remedy,
};
