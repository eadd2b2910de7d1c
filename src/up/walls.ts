import { AnklumeError, type Emit, ExitCode, step } from '../messages/index.ts';
import {
  allowedFlows,
  type Deployment,
  deployRules,
  type NetworkStatus,
  networkStatus,
  type Proof,
  probeTargets,
  prove,
  renderRuleset,
} from '../network/index.ts';
import type { Host } from '../system/index.ts';
import type { Desired } from '../tree/index.ts';
import type { Daemon } from './daemon.ts';

interface Listening {
  readonly emit: Emit;
  readonly signal?: AbortSignal;
}

/** The isolation rules of a world, as nft reads them. */
export function rulesOf(desired: Desired): string {
  return renderRuleset(allowedFlows(desired));
}

/** Loads the isolation rules into the daemon's host. */
export function deployWalls(
  desired: Desired,
  daemon: Daemon,
  { emit }: Listening,
): Promise<Deployment> {
  const label = { en: 'Loading the isolation rules', fr: "Chargement des règles d'isolation" };
  return step(emit, { id: 'rules', label }, () => deployRules(rulesOf(desired), hostOf(daemon)));
}

/** How the loaded rules stand to the wanted ones. */
export function wallStatus(desired: Desired, daemon: Daemon): Promise<NetworkStatus> {
  return networkStatus(desired, hostOf(daemon));
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
    const { machines, untested } = await probeTargets(desired, daemon.incus, host);
    return prove(desired, machines, host, { untested, ...(signal && { signal }) });
  });
}

function hostOf({ host, where }: Daemon): Host {
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
